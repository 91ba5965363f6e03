with

settings as (

    select string_split(test_order_tags, ',') as test_order_tags from {{ ref('stg_company__settings') }}

),

shopify_lines as (

    select
        line.*,
        line.ordered_listing_qty * line.unit_price_amount - line.line_discount_amount as line_amount,
        list_has_any(
            string_split(regexp_replace(lower(trim(coalesce(line.tags, ''))), '\s*,\s*', ',', 'g'), ','),
            settings.test_order_tags
        ) as is_test,
        -- an order that was called off loses what has not left; one only paid back loses its lines that never left
        coalesce(line.cancelled_at <= {{ as_of() }}, false) as is_remainder_cancelled,
        coalesce(line.financial_status in ('voided', 'refunded'), false) as is_cancelled_unless_shipped,
        line.cancelled_at as order_cancelled_at,
        case when line.line_fulfillment_status = 'fulfilled' then line.ordered_listing_qty else 0 end
            as implied_listing_qty,
        line.fulfilled_at as implied_shipped_at
    from {{ ref('stg_shopify__orders') }} as line
    cross join settings

),

amazon_lines as (

    select
        *,
        case when is_fulfilled_by_channel then 'channel' else 'merchant' end as stated_fulfilled_by,
        is_cancelled as is_remainder_cancelled,
        case when is_shipped then ordered_listing_qty else 0 end as implied_listing_qty,
        updated_at as implied_shipped_at
    from {{ ref('stg_amazon__orders') }}

),

house_lines as (

    select
        *,
        order_status = 'cancelled' and cancelled_listing_qty = 0 as is_remainder_cancelled,
        cancelled_at as order_cancelled_at,
        cancel_reason as order_cancel_reason,
        case when order_status = 'shipped' then ordered_listing_qty - cancelled_listing_qty else 0 end
            as implied_listing_qty,
        updated_at as implied_shipped_at
    from {{ ref('stg_house__orders') }}

),

unioned as (

    select * from shopify_lines
    union all by name
    select * from amazon_lines
    union all by name
    select * from house_lines

),

final as (

    select
        channel_account,
        order_id,
        order_key,
        channel_sku,
        ordered_at,
        ordered_listing_qty,
        line_amount,
        currency,
        coalesce(is_test, false) as is_test,
        coalesce(requires_shipping, true) as requires_shipping,
        stated_fulfilled_by,
        is_remainder_cancelled,
        coalesce(is_cancelled_unless_shipped, false) as is_cancelled_unless_shipped,
        case when order_cancelled_at <= {{ as_of() }} then order_cancelled_at end as order_cancelled_at,
        order_cancel_reason,
        implied_listing_qty,
        implied_shipped_at,
        coalesce(is_preorder, false) as is_preorder,
        release_on,
        promised_on,
        ship_by_at,
        ship_country,
        stated_at,
        source_file,
        source_row
    from unioned

)

select * from final
