with

pools as (

    select * from {{ ref('int_pools__composed') }}

),

pool_locations as (

    select distinct
        pool_id,
        location_id
    from pools

),

-- demand on no location yet weighs on every pool that shares a location with its account
sharing_accounts as (

    select distinct
        ours.pool_id,
        theirs.channel_account
    from pool_locations as ours
    inner join pools as theirs
        on ours.location_id = theirs.location_id

),

sellable_steps as (

    select
        location_id,
        sku_id,
        balanced_at,
        stated_at,
        sellable_qty - reserved_qty - outbound_qty
        - lag(sellable_qty - reserved_qty - outbound_qty, 1, 0) over by_shelf as delta_qty,
        balanced_at = stated_at as is_statement
    from {{ ref('int_stock_balances__running') }}
    where basis = 'on_hand'
    window by_shelf as (
        partition by location_id, sku_id
        order by balanced_at
    )

),

claims as (

    select * from {{ ref('int_claims__changed') }}

),

-- claims of today's lines that began before the first statement count from the beginning
steps as (

    select
        pool_locations.pool_id,
        sellable_steps.sku_id,
        sellable_steps.balanced_at as stepped_at,
        0 as step_kind,
        null as channel_account,
        null as order_id,
        null as channel_sku,
        false as is_acceptance,
        sellable_steps.delta_qty as free_delta
    from pool_locations
    inner join sellable_steps
        on pool_locations.location_id = sellable_steps.location_id
    where sellable_steps.delta_qty != 0

    union all

    select
        pool_locations.pool_id,
        claims.sku_id,
        claims.changed_at as stepped_at,
        case when claims.delta_qty < 0 then 1 else 2 end as step_kind,
        claims.channel_account,
        claims.order_id,
        claims.channel_sku,
        claims.changed_at = claims.ordered_at and claims.delta_qty > 0 as is_acceptance,
        -claims.delta_qty as free_delta
    from pool_locations
    inner join claims
        on pool_locations.location_id = claims.location_id

    union all

    select
        sharing_accounts.pool_id,
        claims.sku_id,
        claims.changed_at as stepped_at,
        case when claims.delta_qty < 0 then 1 else 2 end as step_kind,
        claims.channel_account,
        claims.order_id,
        claims.channel_sku,
        claims.changed_at = claims.ordered_at and claims.delta_qty > 0 as is_acceptance,
        -claims.delta_qty as free_delta
    from sharing_accounts
    inner join claims
        on sharing_accounts.channel_account = claims.channel_account
    where claims.location_id is null

),

final as (

    select
        *,
        cast(sum(free_delta) over (
            partition by pool_id, sku_id
            order by stepped_at, step_kind, channel_account nulls first, order_id, channel_sku, free_delta
            rows between unbounded preceding and current row
        ) as bigint) as free_qty
    from steps

)

select * from final
