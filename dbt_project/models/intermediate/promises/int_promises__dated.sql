with

totals as (

    select * from {{ ref('int_channel_nodes__totalled') }} where zone = '*'

),

pools as (

    select * from {{ ref('int_channel_stock__pooled') }} where zone = '*'

),

nodes as (

    select * from {{ ref('int_channels__nodes') }}

),

stock as (

    select * from {{ ref('int_stock__available_to_sell') }} where is_open and is_stock_tracked

),

settings as (

    select as_of_on from {{ ref('stg_company__settings') }}

),

-- an order is due on its earliest date; one without any is due now
order_dates as (

    select
        channel_account,
        order_id,
        min(coalesce(cast(ship_by_at as date), promised_on)) as due_on
    from {{ ref('int_order_lines__fulfilled') }}
    where open_qty > 0
    group by all

),

steps as (

    select
        stock.location_id,
        stock.sku_id,
        settings.as_of_on as due_on,
        stock.sellable_qty - stock.reserved_qty - stock.outbound_qty as step_qty
    from stock
    cross join settings
    union all
    select
        claims.location_id,
        claims.sku_id,
        greatest(coalesce(order_dates.due_on, settings.as_of_on), settings.as_of_on) as due_on,
        -claims.claimed_qty as step_qty
    from {{ ref('int_stock_claims__placed') }} as claims
    cross join settings
    left join order_dates
        on
            claims.channel_account = order_dates.channel_account
            and claims.order_id = order_dates.order_id
    union all
    select
        location_id,
        sku_id,
        due_on,
        receipt_qty as step_qty
    from {{ ref('int_supply__dated') }}

),

channel_steps as (

    select
        totals.channel_account,
        totals.fulfilled_by,
        totals.sku_id,
        steps.due_on,
        steps.step_qty
    from totals
    inner join nodes
        on
            totals.channel_account = nodes.channel_account
            and totals.fulfilled_by = nodes.fulfilled_by
    inner join steps
        on
            nodes.location_id = steps.location_id
            and totals.sku_id = steps.sku_id
    union all
    select
        pools.channel_account,
        pools.fulfilled_by,
        pools.sku_id,
        settings.as_of_on as due_on,
        -pools.unplaced_qty as step_qty
    from pools
    cross join settings

),

days as (

    select
        channel_account,
        fulfilled_by,
        sku_id,
        due_on,
        sum(sum(step_qty)) over (
            partition by channel_account, fulfilled_by, sku_id
            order by due_on
            rows between unbounded preceding and current row
        ) as balance_qty
    from channel_steps
    group by channel_account, fulfilled_by, sku_id, due_on

),

-- a unit promised for a day must not be missing on any later one
final as (

    select
        channel_account,
        fulfilled_by,
        sku_id,
        due_on as promise_on,
        cast(balance_qty as bigint) as balance_qty,
        cast(greatest(0, min(balance_qty) over (
            partition by channel_account, fulfilled_by, sku_id
            order by due_on
            rows between current row and unbounded following
        )) as bigint) as promise_qty
    from days

)

select * from final
