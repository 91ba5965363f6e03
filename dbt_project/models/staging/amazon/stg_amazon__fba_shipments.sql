with

final as (

    select
        _account as channel_account,
        trim(shipment_id) as shipment_id,
        trim(shipment_item_id) as shipment_line,
        trim(amazon_order_id) as order_id,
        {{ order_key('trim(amazon_order_id)') }} as order_key,
        trim(sku) as channel_sku,
        quantity_shipped as shipped_listing_qty,
        shipment_at as shipped_at,
        estimated_arrival_at,
        carrier,
        nullif(trim(tracking_number), '') as tracking_number,
        _exported_at as stated_at
    from {{ order_source('amazon__fba_shipments') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'shipment_item_id'], updated_at='reporting_at') }}

)

select * from final
