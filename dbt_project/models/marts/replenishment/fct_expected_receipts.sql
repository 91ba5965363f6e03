with final as (
    select
        po_id,
        po_line,
        inbound_id,
        supplier_id,
        sku_id,
        location_id,
        expected_qty,
        expected_on,
        expected_source,
        last_milestone,
        carrier,
        promised_on,
        cast(expected_on - promised_on as bigint) as slip_days,
        as_of_on
    from {{ ref('int_purchase_orders__expected') }}
)

select * from final
