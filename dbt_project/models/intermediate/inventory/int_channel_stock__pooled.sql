with

nodes as (

    select * from {{ ref('int_channels__zone_sets') }}

),

totals as (

    select * from {{ ref('int_channel_nodes__totalled') }}

),

products as (

    select * from {{ ref('int_products__known') }}

),

policies as (

    {{ channel_policy('totals') }}

),

-- demand accepted and not yet placed weighs on every pool that shares a location with its account
sharing as (

    select distinct
        ours.channel_account,
        ours.fulfilled_by,
        ours.zone,
        theirs.channel_account as other_account,
        theirs.fulfilled_by as other_fulfilled_by
    from nodes as ours
    inner join nodes as theirs
        on ours.location_id = theirs.location_id and theirs.zone = '*'

),

unplaced_totals as (

    select
        sharing.channel_account,
        sharing.fulfilled_by,
        sharing.zone,
        unplaced.sku_id,
        sum(unplaced.unplaced_qty) as unplaced_qty
    from sharing
    inner join {{ ref('int_stock_claims__unplaced') }} as unplaced
        on
            sharing.other_account = unplaced.channel_account
            and sharing.other_fulfilled_by = unplaced.fulfilled_by
    group by all

),

terms as (

    select
        totals.channel_account,
        totals.fulfilled_by,
        totals.sku_id,
        totals.zone,
        coalesce(products.is_stock_tracked, true) as is_stock_tracked,
        totals.has_position,
        totals.oldest_snapshot_at,
        -- a channel keeps what its own customers hold by itself, so to it these units are there
        totals.ats_qty + coalesce(totals.spared_ats_qty, 0) as node_ats_qty,
        totals.debt_qty - coalesce(totals.spared_debt_qty, 0) as node_debt_qty,
        coalesce(totals.spared_ats_qty, 0) + coalesce(totals.spared_debt_qty, 0) as own_held_qty,
        totals.ats_qty as common_ats_qty,
        totals.debt_qty as common_debt_qty,
        coalesce(policies.debt_weight_rate, 1) as debt_weight_rate,
        cast(coalesce(unplaced_totals.unplaced_qty, 0) as bigint) as unplaced_qty
    from totals
    left join unplaced_totals
        on
            totals.channel_account = unplaced_totals.channel_account
            and totals.fulfilled_by = unplaced_totals.fulfilled_by
            and totals.sku_id = unplaced_totals.sku_id
            and totals.zone = unplaced_totals.zone
    left join policies
        on
            totals.channel_account = policies.asked_channel_account
            and totals.sku_id = policies.asked_sku_id
    left join products
        on totals.sku_id = products.sku_id

),

final as (

    select
        * exclude (common_debt_qty),
        {% for column, ats, debt in [
            ('pool_qty', 'node_ats_qty', 'node_debt_qty'), ('common_pool_qty', 'common_ats_qty', 'common_debt_qty')
        ] %}
            cast(greatest(0, floor(round({{ ats }} - debt_weight_rate * {{ debt }} - unplaced_qty, 9))) as bigint)
                as {{ column }},
        {% endfor %}
        cast(greatest(0, ceil(round(debt_weight_rate * node_debt_qty + unplaced_qty - node_ats_qty, 9))) as bigint)
            as pool_shortfall_qty
    from terms

)

select * from final
