{{ config(materialized='view') }}

with

walmart_lines as (

    select * from {{ ref('stg_walmart__order_lines') }}

),

walmart as (

    select
        lines.channel_account,
        lines.order_key,
        lines.channel_sku,
        case
            when states.cancellation_reason like '%customer%' or states.cancellation_reason like '%buyer%'
                then 'customer'
            when regexp_matches(states.cancellation_reason, 'stock|inventory') then 'out_of_stock'
            when regexp_matches(states.cancellation_reason, 'seller|ship') then 'other'
        end as cancel_reason,
        -- the instant is the line's newest: it is the cancellation's when all its units are cancelled
        case
            when bool_and(states.line_status = 'cancelled') over (
                partition by states.channel_account, states.order_id, states.line_number
            ) then lines.status_at
        end as cancelled_at,
        states.line_status,
        states.listing_qty as cancelled_listing_qty,
        concat_ws('/', states.line_number, states.cancellation_reason, states.source_row) as statement_line
    from {{ ref('stg_walmart__order_line_statuses') }} as states
    inner join walmart_lines as lines
        on
            states.channel_account = lines.channel_account
            and states.order_id = lines.order_id
            and states.line_number = lines.line_number

),

woocommerce as (

    select
        channel_account,
        order_key,
        channel_sku,
        refunded_at as cancelled_at,
        refunded_listing_qty as cancelled_listing_qty,
        concat_ws('/', refund_id, line_id) as statement_line
    from {{ ref('int_woocommerce_refund_lines__dated') }}
    where is_cancellation

),

shopify as (

    select
        lines.channel_account,
        lines.order_key,
        lines.channel_sku,
        case lines.cancel_reason
            when 'customer' then 'customer'
            when 'declined' then 'payment'
            when 'fraud' then 'fraud'
            when 'inventory' then 'out_of_stock'
            when 'staff' then 'other'
            when 'other' then 'other'
        end as cancel_reason,
        refunds.refunded_at as cancelled_at,
        refunds.refunded_listing_qty as cancelled_listing_qty,
        concat_ws('/', refunds.refund_gid, refunds.refund_line) as statement_line
    from {{ ref('stg_shopify__bulk_refund_lines') }} as refunds
    inner join {{ ref('stg_shopify__bulk_order_lines') }} as lines
        on
            refunds.channel_account = lines.channel_account
            and refunds.line_gid = lines.line_gid
    where refunds.restock_type = 'cancel'

),

unioned as (

    select * exclude (line_status) from walmart where line_status = 'cancelled'
    union all by name
    select * from woocommerce
    union all by name
    select * from shopify

),

final as (

    select
        channel_account,
        order_key,
        channel_sku,
        {{ cancel_class('cancel_reason') }} as cancel_class,
        cancelled_at,
        cancelled_listing_qty,
        statement_line
    from unioned

)

select * from final
