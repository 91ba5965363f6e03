{{ config(materialized='view') }}

with

refund_lines as (

    select *
    from {{ ref('stg_woocommerce__refund_lines') }}
    where refunded_listing_qty > 0 and refunded_at <= {{ as_of() }}

),

order_lines as (

    select * from {{ ref('stg_woocommerce__order_lines') }}

),

orders as (

    select
        channel_account,
        other_order_key,
        any_value(order_id) as order_id,
        any_value(order_key) as order_key,
        any_value(currency) as currency,
        any_value(order_status) as order_status,
        any_value(completed_at) as completed_at
    from order_lines
    group by all

),

final as (

    select
        orders.channel_account,
        orders.order_id,
        orders.order_key,
        refund_lines.refund_id,
        refund_lines.line_id,
        -- the refund's line has a number of its own and names the order's
        coalesce(order_lines.channel_sku, refund_lines.channel_sku) as channel_sku,
        refund_lines.refunded_listing_qty,
        refund_lines.refund_amount,
        refund_lines.source_file,
        refund_lines.source_row,
        orders.currency,
        refund_lines.refunded_at,
        -- the shop knows no cancelled line: what is paid back before the order is completed never left;
        -- a completed order that does not say when has left before anyone paid back
        case
            when orders.completed_at is not null then refund_lines.refunded_at < orders.completed_at
            else orders.order_status != 'completed'
        end as is_cancellation
    from refund_lines
    inner join orders
        on
            refund_lines.channel_account = orders.channel_account
            and refund_lines.other_order_key = orders.other_order_key
    left join order_lines
        on
            refund_lines.channel_account = order_lines.channel_account
            and refund_lines.other_order_key = order_lines.other_order_key
            and refund_lines.order_line_id = order_lines.line_id

)

select * from final
