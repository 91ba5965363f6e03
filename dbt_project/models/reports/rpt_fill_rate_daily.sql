with

lines as (

    select
        order_date,
        channel_account,
        sum(demanded_qty) as units_ordered_qty,
        sum(filled_first_pass_qty) as units_filled_qty,
        count(*) as lines_ordered_count,
        count(*) filter (where is_filled) as lines_filled_count
    from {{ ref('fct_order_lines') }}
    where is_in_scope
    group by all

),

orders as (

    select
        order_date,
        channel_account,
        count(*) as orders_count,
        count(*) filter (where is_filled) as orders_filled_count,
        count(*) filter (where is_immature) as immature_orders_count
    from {{ ref('fct_orders') }}
    where is_in_scope
    group by all

),

final as (

    select
        coalesce(lines.order_date, orders.order_date) as order_date,
        coalesce(lines.channel_account, orders.channel_account) as channel_account,
        cast(coalesce(lines.units_ordered_qty, 0) as bigint) as units_ordered_qty,
        cast(coalesce(lines.units_filled_qty, 0) as bigint) as units_filled_qty,
        coalesce(lines.lines_ordered_count, 0) as lines_ordered_count,
        coalesce(lines.lines_filled_count, 0) as lines_filled_count,
        coalesce(orders.orders_count, 0) as orders_count,
        coalesce(orders.orders_filled_count, 0) as orders_filled_count,
        coalesce(orders.immature_orders_count, 0) as immature_orders_count,
        {{ safe_divide('lines.units_filled_qty', 'lines.units_ordered_qty') }} as unit_fill_rate,
        {{ safe_divide('lines.lines_filled_count', 'lines.lines_ordered_count') }} as line_fill_rate,
        {{ safe_divide('orders.orders_filled_count', 'orders.orders_count') }} as order_fill_rate
    from lines
    full outer join orders
        on
            lines.order_date = orders.order_date
            and lines.channel_account = orders.channel_account

)

select * from final
