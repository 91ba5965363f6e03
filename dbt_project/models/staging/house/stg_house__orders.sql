with

final as (

    select
        _account as channel_account,
        trim(order_id) as order_id,
        {{ order_key('trim(order_id)') }} as order_key,
        order_line,
        trim(sku) as channel_sku,
        ordered_at,
        ordered_qty as ordered_listing_qty,
        ordered_qty * unit_price_amount - coalesce(discount_amount, 0) as line_amount,
        currency,
        lower(trim(order_status)) as order_status,
        coalesce(cancelled_qty, 0) as cancelled_listing_qty,
        lower(trim(cancel_reason)) as cancel_reason,
        cancelled_at,
        coalesce(is_test, false) as is_test,
        coalesce(is_preorder, false) as is_preorder,
        release_on,
        ship_by_at,
        promised_on,
        coalesce(requires_shipping, true) as requires_shipping,
        ship_country,
        ship_postcode_prefix,
        updated_at,
        _exported_at as stated_at,
        _source_file as source_file,
        _source_row as source_row
    from {{ order_source('house__orders') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'order_id', 'order_line'], updated_at='updated_at') }}

)

select * from final
