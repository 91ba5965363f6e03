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
        nullif(trim(location_code), '') as ship_from_name,
        coalesce(nullif(split_part(tracking_ids, ' ', 1), ''), nullif(trim(pro_number), '')) as tracking_number,
        nullif(trim(bill_of_lading_id), '') as bill_of_lading_id,
        concat_ws('/', interchange_sender, trim(shipment_id)) as notice_id,
        transaction_line,
        shipped_qty,
        {{ stated_instant('shipped_at', 'shipped_on') }} as shipped_at,
        coalesce(expected_delivery_on, cast(expected_delivery_at as date)) as expected_on,
        coalesce(notice_at, _exported_at) as stated_at,
        _source_file as source_file,
        _source_row as source_row
    from {{ source('raw', 'x12__ship_notices') }}
    where {{ known_by_as_of() }}
    {{ newest_document('shipment_id') }}

)

select * from final
