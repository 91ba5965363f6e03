with

newest_file as (

    select *
    from {{ source('raw', 'tiktok__orders') }}
    where {{ known_by_as_of() }}
    qualify _file_sha256 = first_value(_file_sha256) over (
        partition by _account, order_id
        order by _exported_at desc, _file_sha256 desc
    )

),

final as (

    select
        _account as channel_account,
        trim(order_id) as order_id,
        {{ order_key('trim(order_id)') }} as order_key,
        {{ channel_sku('sku', 'product_name') }} as channel_sku,
        created_at as ordered_at,
        ordered_qty as ordered_listing_qty,
        coalesce(returned_qty, 0) as returned_listing_qty,
        line_after_discount_amount as line_amount,
        {{ as_word('order_type') }} as order_type,
        {{ as_word('fulfillment_type') }} as fulfillment_type,
        nullif(trim(warehouse_name), '') as source_location_name,
        shipped_at,
        delivered_at,
        cancelled_at,
        {{ as_word('cancelled_by') }} as cancelled_by,
        {{ as_word('cancel_reason') }} as cancel_reason,
        shipping_provider_name as carrier,
        nullif(trim(tracking_id), '') as tracking_number,
        ship_country,
        ship_postcode_prefix,
        _exported_at as stated_at,
        _source_file as source_file,
        _source_row as source_row
    from newest_file

)

select * from final
