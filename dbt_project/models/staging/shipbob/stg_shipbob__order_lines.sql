with

final as (

    select
        _account as account,
        trim(order_id) as warehouse_order_id,
        coalesce(nullif(trim(order_number), ''), trim(reference_id)) as order_id,
        {{ order_key("coalesce(nullif(trim(order_number), ''), trim(reference_id))") }} as order_key,
        {{ order_key('trim(reference_id)') }} as other_order_key,
        trim(line_id) as product_id,
        trim(sku) as channel_sku,
        quantity as ordered_listing_qty,
        quantity * unit_price_amount as line_amount,
        {{ as_word('order_status') }} as order_status,
        coalesce(purchased_at, created_at) as ordered_at,
        ship_country,
        ship_postcode_prefix,
        _exported_at as stated_at,
        _source_file as source_file,
        _source_row as source_row
    from {{ source('raw', 'shipbob__order_lines') }}
    where {{ known_by_as_of() }}
    {{ newest_whole(['_account', 'order_id'], ['line_id']) }}

)

select * from final
