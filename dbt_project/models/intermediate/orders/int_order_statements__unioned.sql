{{ config(materialized='view') }}

with

settings as (

    select string_split(test_order_tags, ',') as test_order_tags from {{ ref('stg_company__settings') }}

),

shopify_lines as (

    select
        channel_account,
        order_id,
        order_key,
        channel_sku,
        ordered_at,
        ordered_listing_qty,
        ordered_listing_qty * unit_price_amount - line_discount_amount as line_amount,
        currency,
        list_has_any(
            list_transform(string_split(lower(coalesce(tags, '')), ','), lambda tag: trim(tag)),
            settings.test_order_tags
        ) as is_test,
        requires_shipping,
        cast(null as varchar) as stated_fulfilled_by,
        -- an order that was called off loses what has not left; one only paid back loses its lines that never left
        coalesce(cancelled_at <= {{ as_of() }}, false) as is_remainder_cancelled,
        coalesce(financial_status in ('voided', 'refunded'), false) as is_cancelled_unless_shipped,
        case when cancelled_at <= {{ as_of() }} then cancelled_at end as order_cancelled_at,
        cast(null as varchar) as order_cancel_reason,
        case when line_fulfillment_status = 'fulfilled' then ordered_listing_qty else 0 end as implied_listing_qty,
        fulfilled_at as implied_shipped_at,
        false as is_preorder,
        cast(null as date) as release_on,
        cast(null as date) as promised_on,
        cast(null as timestamp) as ship_by_at,
        ship_country,
        stated_at
    from {{ ref('stg_shopify__orders') }}
    cross join settings

),

amazon_lines as (

    select
        channel_account, order_id, order_key, channel_sku, ordered_at, ordered_listing_qty, line_amount, currency,
        false, true, case when is_fulfilled_by_channel then 'channel' else 'merchant' end,
        is_cancelled, false, null, null,
        case when is_shipped then ordered_listing_qty else 0 end, updated_at,
        false, null, null, null, ship_country, stated_at
    from {{ ref('stg_amazon__orders') }}

),

house_lines as (

    select
        channel_account, order_id, order_key, channel_sku, ordered_at, ordered_listing_qty, line_amount, currency,
        is_test, requires_shipping, null,
        order_status = 'cancelled' and cancelled_listing_qty = 0, false,
        case when cancelled_at <= {{ as_of() }} then cancelled_at end, cancel_reason,
        case when order_status = 'shipped' then ordered_listing_qty - cancelled_listing_qty else 0 end, updated_at,
        is_preorder, release_on, promised_on, ship_by_at, ship_country, stated_at
    from {{ ref('stg_house__orders') }}

),

final as (

    select * from shopify_lines
    union all
    select * from amazon_lines
    union all
    select * from house_lines

)

select * from final
