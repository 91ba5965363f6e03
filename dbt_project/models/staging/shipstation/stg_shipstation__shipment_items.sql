with

shipments as (

    select *
    from {{ source('raw', 'shipstation__shipments') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'shipment_id']) }}

),

items as (

    select *
    from {{ source('raw', 'shipstation__shipment_items') }}
    where {{ known_by_as_of() }}
    {{ newest_whole(['_account', 'shipment_id'], ['order_item_id', 'line_item_key', 'sku']) }}

),

final as (

    select
        items._account as account,
        trim(items.shipment_id) as shipment_id,
        concat_ws('/', items.order_item_id, items.line_item_key, items.sku) as shipment_line,
        {{ order_key('trim(shipments.order_number)') }} as order_key,
        -- the store's key of the order, which most stores fill with their own id
        {{ order_key('trim(shipments.order_key)') }} as other_order_key,
        {{ channel_sku('items.sku', 'items.item_name') }} as ordered_sku,
        items.quantity as shipped_listing_qty,
        shipments.is_voided,
        coalesce(shipments.is_return_label, false) as is_return_label,
        coalesce(items.is_adjustment, false) as is_adjustment,
        -- a label may be made before the day it is handed over; the day is Pacific, as everything in these files
        greatest({{ local_midnight('shipments.ship_on', "'America/Los_Angeles'") }}, shipments.created_at)
            as shipped_at,
        shipments.carrier_code as carrier,
        nullif(trim(shipments.tracking_number), '') as tracking_number,
        nullif(trim(shipments.warehouse_id), '') as source_location_name,
        items._exported_at as stated_at,
        items._source_file as source_file,
        items._source_row as source_row
    from items
    inner join shipments
        on
            items._account = shipments._account
            and items.shipment_id = shipments.shipment_id

)

select * from final
