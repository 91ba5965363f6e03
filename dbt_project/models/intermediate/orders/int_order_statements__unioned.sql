{{ config(**by_order()) }}

with

amazon_lines as (

    select
        *,
        'amazon' as statement_source,
        case when is_fulfilled_by_channel then 'channel' else 'merchant' end as stated_fulfilled_by,
        is_cancelled as is_remainder_cancelled,
        case when is_shipped then ordered_listing_qty else 0 end as implied_listing_qty,
        updated_at as implied_shipped_at
    from {{ ref('stg_amazon__orders') }}

),

house_lines as (

    select
        *,
        'house' as statement_source,
        order_status = 'cancelled' and cancelled_listing_qty = 0 as is_remainder_cancelled,
        cancelled_at as order_cancelled_at,
        cancel_reason as order_cancel_reason,
        case when order_status = 'shipped' then ordered_listing_qty - cancelled_listing_qty else 0 end
            as implied_listing_qty,
        updated_at as implied_shipped_at
    from {{ ref('stg_house__orders') }}

),

unioned as (

    select * from amazon_lines
    union all by name
    select * from house_lines
    {% for system in ['shopify', 'woocommerce', 'marketplace', 'partner'] -%}
        union all by name
        select * from {{ ref('int_' ~ system ~ '_order_lines__stated') }}
    {% endfor %}

),

final as (

    select
        channel_account,
        order_id,
        order_key,
        other_order_key,
        statement_source,
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
        ship_postcode_prefix,
        stated_at,
        source_file,
        source_row
    from unioned
    {{ only_touched('unioned') }}

)

select * from final
