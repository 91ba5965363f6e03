with

final as (

    select
        _account as account,
        trim(shipment_id) as shipment_id,
        purpose_code,
        nullif(trim(purchase_order_id), '') as po_id,
        nullif(trim(order_line_id), '') as po_line,
        coalesce(nullif(trim(ship_to_code), ''), nullif(trim(location_code), '')) as source_location_name,
        trim(sku) as channel_sku,
        carrier,
        shipped_qty,
        {{ stated_instant('shipped_at', 'shipped_on') }} as shipped_at,
        coalesce(expected_delivery_on, cast(expected_delivery_at as date)) as expected_on,
        coalesce(notice_at, _exported_at) as stated_at
    from {{ source('raw', 'x12__ship_notices') }}
    where {{ known_by_as_of() }}
    {{ newest_document('shipment_id') }}

)

select * from final
