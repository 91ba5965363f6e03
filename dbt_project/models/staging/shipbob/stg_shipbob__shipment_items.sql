with

shipments as (

    select *
    from {{ source('raw', 'shipbob__shipments') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'shipment_id'], updated_at='updated_at') }}

),

items as (

    select *
    from {{ source('raw', 'shipbob__shipment_items') }}
    where {{ known_by_as_of() }}
    {{ newest_whole(['_account', 'shipment_id'], ['product_id', 'sku', 'inventory_id', 'lot']) }}

),

final as (

    select
        items._account as account,
        trim(items.shipment_id) as shipment_id,
        trim(shipments.order_id) as warehouse_order_id,
        {{ order_key('trim(shipments.order_number)') }} as order_key,
        {{ order_key('trim(shipments.reference_id)') }} as other_order_key,
        trim(items.product_id) as product_id,
        {{ channel_sku('items.sku', 'items.product_name') }} as ordered_sku,
        trim(items.inventory_id) as inventory_id,
        items.lot,
        coalesce(items.quantity, items.committed_quantity) as picked_qty,
        {{ as_word('shipments.shipment_status') }} as shipment_status,
        coalesce(shipments.fulfilled_at, shipments.shipped_at, shipments.updated_at) as shipped_at,
        shipments.delivered_at,
        shipments.carrier,
        nullif(trim(shipments.tracking_number), '') as tracking_number,
        coalesce(nullif(trim(shipments.location_name), ''), nullif(trim(shipments.location_id), ''))
            as source_location_name,
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
