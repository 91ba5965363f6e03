with

nodes as (

    select * from {{ ref('int_channels__nodes') }}

),

listings as (

    select * from {{ ref('int_listings__matched') }}

),

kits as (

    select * from {{ ref('int_kits__exploded') }}

),

stock as (

    select * from {{ ref('int_stock__available_to_sell') }}

),

products as (

    select * from {{ ref('int_products__known') }}

),

-- what a listing sells, and what a listed kit is made of
asked as (

    select
        channel_account,
        fulfilled_by,
        sku_id
    from listings
    union
    select
        listings.channel_account,
        listings.fulfilled_by,
        kits.component_sku_id as sku_id
    from listings
    inner join kits
        on listings.sku_id = kits.kit_sku_id

),

policies as (

    {{ channel_policy('asked') }}

),

-- demand accepted and not yet placed weighs on every pool that shares a location with its account
sharing as (

    select distinct
        ours.channel_account,
        ours.fulfilled_by,
        theirs.channel_account as other_account,
        theirs.fulfilled_by as other_fulfilled_by
    from nodes as ours
    inner join nodes as theirs
        on ours.location_id = theirs.location_id

),

unplaced_totals as (

    select
        sharing.channel_account,
        sharing.fulfilled_by,
        unplaced.sku_id,
        sum(unplaced.unplaced_qty) as unplaced_qty
    from sharing
    inner join {{ ref('int_stock_claims__unplaced') }} as unplaced
        on
            sharing.other_account = unplaced.channel_account
            and sharing.other_fulfilled_by = unplaced.fulfilled_by
    group by all

),

node_totals as (

    select
        asked.channel_account,
        asked.fulfilled_by,
        asked.sku_id,
        sum(stock.ats_qty) as node_ats_qty,
        sum(stock.debt_qty) as node_debt_qty,
        min(stock.snapshot_at) as oldest_snapshot_at,
        bool_or(stock.has_position) as has_position
    from asked
    inner join nodes
        on
            asked.channel_account = nodes.channel_account
            and asked.fulfilled_by = nodes.fulfilled_by
    inner join stock
        on
            nodes.location_id = stock.location_id
            and asked.sku_id = stock.sku_id
    group by all

),

terms as (

    select
        asked.channel_account,
        asked.fulfilled_by,
        asked.sku_id,
        coalesce(products.is_stock_tracked, true) as is_stock_tracked,
        coalesce(node_totals.has_position, false) as has_position,
        node_totals.oldest_snapshot_at,
        cast(coalesce(node_totals.node_ats_qty, 0) as bigint) as node_ats_qty,
        cast(coalesce(node_totals.node_debt_qty, 0) as bigint) as node_debt_qty,
        coalesce(policies.debt_weight_rate, 1) as debt_weight_rate,
        cast(coalesce(unplaced_totals.unplaced_qty, 0) as bigint) as unplaced_qty
    from asked
    left join node_totals
        on
            asked.channel_account = node_totals.channel_account
            and asked.fulfilled_by = node_totals.fulfilled_by
            and asked.sku_id = node_totals.sku_id
    left join unplaced_totals
        on
            asked.channel_account = unplaced_totals.channel_account
            and asked.fulfilled_by = unplaced_totals.fulfilled_by
            and asked.sku_id = unplaced_totals.sku_id
    left join policies
        on
            asked.channel_account = policies.asked_channel_account
            and asked.sku_id = policies.asked_sku_id
    left join products
        on asked.sku_id = products.sku_id

),

final as (

    select
        *,
        cast(greatest(0, floor(round(node_ats_qty - debt_weight_rate * node_debt_qty - unplaced_qty, 9))) as bigint)
            as pool_qty,
        cast(greatest(0, ceil(round(debt_weight_rate * node_debt_qty + unplaced_qty - node_ats_qty, 9))) as bigint)
            as pool_shortfall_qty
    from terms

)

select * from final
