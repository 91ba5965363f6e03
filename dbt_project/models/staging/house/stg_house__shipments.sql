with

final as (

    select
        _account as account,
        trim(shipment_id) as shipment_id,
        trim(shipment_line) as shipment_line,
        trim(channel_account) as channel_account,
        trim(order_id) as order_id,
        {{ order_key('trim(order_id)') }} as order_key,
        trim(sku) as channel_sku,
        shipped_qty as shipped_listing_qty,
        trim(location_id) as location_id,
        shipped_at,
        carrier,
        nullif(trim(tracking_number), '') as tracking_number,
        lower(trim(delivery_status)) as delivery_status,
        delivered_at,
        coalesce(damaged_qty, 0) as damaged_listing_qty,
        documents_ok,
        updated_at,
        _exported_at as stated_at,
        _source_file as source_file,
        _source_row as source_row
    from {{ order_source('house__shipments') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'shipment_id', 'shipment_line'], updated_at='updated_at') }}

)

select * from final
