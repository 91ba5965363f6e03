with

nodes as (

    select * from {{ ref('int_channels__nodes') }}

),

-- what a kit's parts would make is not in the history, so only SKUs that lie on a shelf are judged
listed as (

    select distinct
        listings.channel_account,
        listings.fulfilled_by,
        listings.sku_id
    from {{ ref('int_listings__matched') }} as listings
    anti join {{ ref('int_kits__exploded') }} as kits
        on listings.sku_id = kits.kit_sku_id
    where listings.is_active

),

shelves as (

    select
        listed.channel_account,
        listed.fulfilled_by,
        listed.sku_id,
        stock.stock_on,
        sum(stock.ats_qty) as node_ats_qty,
        sum(stock.debt_qty) as node_debt_qty
    from listed
    inner join nodes
        on
            listed.channel_account = nodes.channel_account
            and listed.fulfilled_by = nodes.fulfilled_by
    inner join {{ ref('fct_ats_daily') }} as stock
        on
            nodes.location_id = stock.location_id
            and listed.sku_id = stock.sku_id
    where stock.ats_qty is not null
    group by all

),

-- accounts that share a location share what is accepted and on none yet
sharing as (

    select distinct
        ours.channel_account,
        ours.fulfilled_by,
        theirs.channel_account as other_account
    from nodes as ours
    inner join nodes as theirs
        on
            ours.location_id = theirs.location_id
            and theirs.fulfilled_by = 'merchant'

),

unplaced_days as (

    select
        sharing.channel_account,
        sharing.fulfilled_by,
        claims.sku_id,
        claims.changed_on,
        sum(claims.delta_qty) as delta_qty
    from sharing
    inner join {{ ref('int_claims__changed') }} as claims
        on sharing.other_account = claims.channel_account
    where claims.location_id is null
    group by all

),

unplaced_spans as (

    select
        *,
        sum(delta_qty) over by_pool as unplaced_qty,
        lead(changed_on) over by_pool as next_changed_on
    from unplaced_days
    window by_pool as (
        partition by channel_account, fulfilled_by, sku_id
        order by changed_on
    )

),

final as (

    select
        shelves.channel_account,
        shelves.fulfilled_by,
        shelves.sku_id,
        shelves.stock_on,
        cast(shelves.node_ats_qty as bigint) as node_ats_qty,
        cast(shelves.node_debt_qty as bigint) as node_debt_qty,
        cast(coalesce(unplaced.unplaced_qty, 0) as bigint) as unplaced_qty,
        cast(greatest(0, shelves.node_ats_qty - shelves.node_debt_qty - coalesce(unplaced.unplaced_qty, 0)) as bigint)
            as pool_qty
    from shelves
    left join unplaced_spans as unplaced
        on
            shelves.channel_account = unplaced.channel_account
            and shelves.fulfilled_by = unplaced.fulfilled_by
            and shelves.sku_id = unplaced.sku_id
            and shelves.stock_on >= unplaced.changed_on
            and coalesce(shelves.stock_on < unplaced.next_changed_on, true)

)

select * from final
