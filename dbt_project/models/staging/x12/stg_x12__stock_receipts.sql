with

final as (

    select
        _account as account,
        concat_ws(':', interchange_sender, coalesce(nullif(trim(receipt_id), ''), interchange_control)) as receipt_id,
        concat_ws(':', group_control, transaction_control, transaction_line) as receipt_line,
        trim(receipt_id) as stated_receipt_id,
        reporting_code,
        nullif(trim(purchase_order_id), '') as po_id,
        nullif(trim(purchase_order_line), '') as po_line,
        trim(shipment_id) as shipment_id,
        coalesce(nullif(trim(location_code), ''), 'unnamed') as source_location_name,
        trim(sku) as channel_sku,
        accepted_qty + damaged_qty as received_qty,
        damaged_qty,
        {{ stated_instant('received_at', 'received_on') }} as received_at
    from {{ source('raw', 'x12__stock_receipts') }}
    where {{ known_by_as_of() }}
    {{ newest_document('receipt_id') }}

)

select * from final
