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
        claims.changed_on as stock_on,
        sum(claims.delta_qty) as delta_qty
    from sharing
    inner join {{ ref('int_claims__changed') }} as claims
        on sharing.other_account = claims.channel_account
    where claims.location_id is null
    group by all

),

-- days with a shelf and days with a change in one sequence: looking up a span for each day is the square of the days
sequenced as (

    select
        channel_account,
        fulfilled_by,
        sku_id,
        stock_on,
        shelves.node_ats_qty,
        shelves.node_debt_qty,
        coalesce(sum(unplaced.delta_qty) over (
            partition by channel_account, fulfilled_by, sku_id
            order by stock_on
            rows between unbounded preceding and current row
        ), 0) as unplaced_qty
    from shelves
    full outer join unplaced_days as unplaced
        using (channel_account, fulfilled_by, sku_id, stock_on)

),

final as (

    select
        channel_account,
        fulfilled_by,
        sku_id,
        stock_on,
        cast(node_ats_qty as bigint) as node_ats_qty,
        cast(node_debt_qty as bigint) as node_debt_qty,
        cast(unplaced_qty as bigint) as unplaced_qty,
        cast(greatest(0, node_ats_qty - node_debt_qty - unplaced_qty) as bigint) as pool_qty
    from sequenced
    where node_ats_qty is not null

)

select * from final
