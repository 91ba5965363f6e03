with

final as (

    select
        _account as account,
        concat_ws('/', interchange_sender, trim(depositor_order_id), coalesce(
            nullif(trim(shipment_id), ''), concat_ws('/', interchange_control, group_control, transaction_control)
        )) as shipment_id,
        transaction_line,
        {{ order_key('trim(depositor_order_id)') }} as order_key,
        {{ order_key('trim(purchase_order_id)') }} as other_order_key,
        -- what was ordered is what the order knows, whatever was put into the box instead
        coalesce(nullif(trim(substituted_sku), ''), trim(sku)) as ordered_sku,
        shipped_qty,
        shipped_at,
        shipped_on,
        carrier,
        coalesce(nullif(split_part(tracking_ids, ' ', 1), ''), nullif(trim(pro_number), '')) as tracking_number,
        nullif(trim(bill_of_lading_id), '') as bill_of_lading_id,
        nullif(trim(location_code), '') as source_location_name,
        _exported_at as stated_at,
        _source_file as source_file,
        _source_row as source_row
    from {{ source('raw', 'x12__warehouse_shipments') }}
    where {{ known_by_as_of() }}
    -- a shipment told again in a later transaction replaces what the earlier one said of it
    qualify
        (interchange_control, group_control, transaction_control, _file_sha256) = first_value(
            (interchange_control, group_control, transaction_control, _file_sha256)
        ) over (
            partition by
                _account, interchange_sender, depositor_order_id,
                coalesce(
                    nullif(trim(shipment_id), ''),
                    concat_ws('/', interchange_control, group_control, transaction_control)
                )
            order by _exported_at desc, interchange_control desc, group_control desc, transaction_control desc
        )

)

select * from final
