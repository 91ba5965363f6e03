with

final as (

    select
        stated_by_account,
        shipment_id,
        shipment_line,
        shipment_source,
        channel_account,
        order_id,
        order_key,
        channel_sku,
        listing_id,
        sku_id,
        location_id,
        shipped_at,
        shipped_qty,
        shipped_listing_qty,
        damaged_qty,
        carrier,
        tracking_number,
        is_tracked,
        is_delivered,
        delivered_at,
        documents_ok,
        estimated_arrival_at
    from {{ ref('int_shipment_lines__unioned') }}

)

select * from final
