{{ config(materialized='view') }}

with

-- the cancellations template comes first: it is written to say who cancelled what
stated as (

    select
        channel_account,
        order_key,
        channel_sku,
        {{ cancel_class('cancel_reason') }} as cancel_class,
        cancelled_at,
        cancelled_listing_qty
    from {{ ref('stg_house__cancellations') }}
    where cancelled_at <= {{ as_of() }} and cancelled_listing_qty > 0

),

stated_totals as (

    select
        channel_account,
        order_key,
        channel_sku,
        sum(cancelled_listing_qty) as stated_listing_qty
    from stated
    group by all

),

on_orders as (

    select
        channel_account,
        order_key,
        channel_sku,
        {{ cancel_class('cancel_reason') }} as cancel_class,
        cancelled_at,
        cancelled_listing_qty,
        order_line as statement_line
    from {{ ref('stg_house__orders') }}
    union all by name
    select * from {{ ref('int_channel_cancellations__stated') }}

),

on_order_lines as (

    select
        channel_account,
        order_key,
        channel_sku,
        cancel_class,
        cancelled_at,
        cancelled_listing_qty,
        sum(cancelled_listing_qty) over (
            partition by channel_account, order_key, channel_sku
            order by statement_line
            rows between unbounded preceding and current row
        ) as running_listing_qty
    from on_orders
    where cancelled_listing_qty > 0 and coalesce(cancelled_at <= {{ as_of() }}, true)

),

-- of what the channel says, only the part the template has not said already
remainders as (

    select
        line.channel_account,
        line.order_key,
        line.channel_sku,
        line.cancel_class,
        line.cancelled_at,
        least(
            line.cancelled_listing_qty,
            line.running_listing_qty - coalesce(stated_totals.stated_listing_qty, 0)
        ) as cancelled_listing_qty
    from on_order_lines as line
    left join stated_totals
        on
            line.channel_account = stated_totals.channel_account
            and line.order_key = stated_totals.order_key
            and line.channel_sku = stated_totals.channel_sku

),

unioned as (

    select * from stated
    union all
    select * from remainders where cancelled_listing_qty > 0

),

final as (

    select
        channel_account,
        order_key,
        channel_sku,
        cancel_class,
        cancelled_at,
        cast(cancelled_listing_qty as bigint) as cancelled_listing_qty
    from unioned

)

select * from final
