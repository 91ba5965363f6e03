with

steps as (

    select * from {{ ref('int_pool_balances__running') }}

),

pools as (

    select distinct
        pool_id,
        channel_account
    from {{ ref('int_pools__composed') }}

),

pool_locations as (

    select distinct
        pool_id,
        location_id
    from {{ ref('int_pools__composed') }}

),

shelves as (

    select
        location_id,
        sku_id,
        min(stated_at) as first_stated_at
    from {{ ref('int_stock_balances__running') }}
    where basis = 'on_hand'
    group by all

),

-- a pool is known once every location that ever states the SKU has stated it
known_pools as (

    select
        pool_locations.pool_id,
        shelves.sku_id,
        max(shelves.first_stated_at) as known_from_at
    from pool_locations
    inner join shelves
        on pool_locations.location_id = shelves.location_id
    group by all

),

lines as (

    select * from {{ ref('int_order_lines__fulfilled') }}

),

products as (

    select * from {{ ref('int_products__known') }}

),

-- after its own claim the pool is below zero by what the line took beyond the free stock, at most its own units
accepted as (

    select
        steps.pool_id,
        steps.channel_account,
        steps.order_id,
        steps.channel_sku,
        steps.sku_id as short_sku_id,
        max(steps.stepped_at) as accepted_at,
        sum(-steps.free_delta) as claimed_qty,
        min(steps.free_qty) as free_after_qty
    from steps
    inner join pools
        on
            steps.pool_id = pools.pool_id
            and steps.channel_account = pools.channel_account
    inner join known_pools
        on
            steps.pool_id = known_pools.pool_id
            and steps.sku_id = known_pools.sku_id
            and steps.stepped_at >= known_pools.known_from_at
    where steps.is_acceptance
    group by all

),

short as (

    select
        accepted.*,
        lines.sku_id,
        lines.ordered_qty,
        cast(ceil(
            lines.ordered_qty * least(accepted.claimed_qty, -accepted.free_after_qty) / accepted.claimed_qty
        ) as bigint) as oversold_qty
    from accepted
    inner join lines
        on
            accepted.channel_account = lines.channel_account
            and accepted.order_id = lines.order_id
            and accepted.channel_sku = lines.channel_sku
    inner join products
        on accepted.short_sku_id = products.sku_id
    -- a pre-order is sold against stock to come, on purpose
    where accepted.free_after_qty < 0 and not lines.is_preorder and products.is_stock_tracked

),

-- a kit is short by its scarcest part
final as (

    select *
    from short
    qualify row_number() over (
        partition by channel_account, order_id, channel_sku
        order by oversold_qty desc, short_sku_id asc
    ) = 1

)

select * from final
