with

nodes as (

    select * from {{ ref('int_channels__zone_sets') }}

),

-- an offer that may be sold from nowhere has its number too
zones as (

    select distinct
        channel_account,
        fulfilled_by,
        '*' as zone
    from {{ ref('int_listings__matched') }}
    union
    select distinct
        channel_account,
        fulfilled_by,
        zone
    from nodes

),

listings as (

    select * from {{ ref('int_listings__matched') }}

),

stock as (

    select * from {{ ref('int_stock__available_to_sell') }}

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
    inner join {{ ref('int_kits__exploded') }} as kits
        on listings.sku_id = kits.kit_sku_id

),

node_totals as (

    select
        asked.channel_account,
        asked.fulfilled_by,
        asked.sku_id,
        nodes.zone,
        sum(stock.ats_qty) as ats_qty,
        sum(stock.debt_qty) as debt_qty,
        sum(own_held.spared_ats_qty) as spared_ats_qty,
        sum(own_held.spared_debt_qty) as spared_debt_qty,
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
    left join {{ ref('int_channel_stock__own_held') }} as own_held
        on
            asked.channel_account = own_held.channel_account
            and stock.location_id = own_held.location_id
            and stock.sku_id = own_held.sku_id
    group by all

),

final as (

    select
        asked.channel_account,
        asked.fulfilled_by,
        asked.sku_id,
        zones.zone,
        coalesce(node_totals.has_position, false) as has_position,
        node_totals.oldest_snapshot_at,
        cast(coalesce(node_totals.ats_qty, 0) as bigint) as ats_qty,
        cast(coalesce(node_totals.debt_qty, 0) as bigint) as debt_qty,
        cast(coalesce(node_totals.spared_ats_qty, 0) as bigint) as spared_ats_qty,
        cast(coalesce(node_totals.spared_debt_qty, 0) as bigint) as spared_debt_qty
    from asked
    inner join zones
        on
            asked.channel_account = zones.channel_account
            and asked.fulfilled_by = zones.fulfilled_by
    left join node_totals
        on
            asked.channel_account = node_totals.channel_account
            and asked.fulfilled_by = node_totals.fulfilled_by
            and asked.sku_id = node_totals.sku_id
            and zones.zone = node_totals.zone

)

select * from final
