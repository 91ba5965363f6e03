with

lines as (

    select * from {{ ref('int_order_lines__fulfilled') }}

),

tests as (

    select * from {{ ref('int_orders__perfect_tested') }}

),

orders as (

    select
        channel_account,
        order_id,
        min(order_key) as order_key,
        min(ordered_at) as ordered_at,
        max(order_date) as order_date,
        bool_or(is_in_scope) as is_in_scope,
        count(*) as lines_count,
        cast(sum(ordered_qty) as bigint) as ordered_qty,
        cast(sum(shipped_qty) as bigint) as shipped_qty,
        cast(sum(customer_cancelled_qty + merchant_cancelled_qty + unknown_cancelled_qty) as bigint) as cancelled_qty,
        cast(sum(open_qty) as bigint) as open_qty,
        min(first_shipped_at) as first_shipped_at,
        -- nothing has left and it may still leave in time: too young to be called unfilled
        coalesce(
            bool_or(is_in_scope and first_shipped_at is null and stock_wait_days is not null)
            and sum(customer_cancelled_qty + merchant_cancelled_qty + unknown_cancelled_qty) < sum(ordered_qty)
            and {{ as_of() }} < min(clock_starts_at + {{ hours('24 * stock_wait_days') }}),
            false
        ) as is_immature,
        cast(sum(line_amount) as decimal(18, 4)) as order_amount,
        min(currency) as currency,
        min(ship_country) as ship_country
    from lines
    group by all

),

final as (

    select
        orders.*,
        coalesce(tests.is_in_full, false) as is_filled,
        tests.commit_date,
        coalesce(tests.is_due, false) as is_due,
        tests.is_in_full,
        tests.is_on_time,
        tests.is_undamaged,
        tests.is_documented,
        tests.is_perfect
    from orders
    left join tests
        on
            orders.channel_account = tests.channel_account
            and orders.order_id = tests.order_id

)

select * from final
