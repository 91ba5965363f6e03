with

days as (

    select * from {{ ref('int_stock_positions__daily') }}

),

summed as (

    select
        *,
        adjustment_delta + count_delta as adjustments_qty,
        on_hand_qty + net_orders_qty as closing_qty,
        receipt_delta + shipment_delta + return_delta + adjustment_delta + count_delta + transfer_delta + assembly_delta
        + order_delta as moved_qty
    from days

),

final as (

    select
        sku_id,
        location_id,
        stock_on,
        basis,
        closing_qty - unexplained_qty - moved_qty as opening_qty,
        receipt_delta as receipts_qty,
        shipment_delta as shipments_qty,
        return_delta as returns_qty,
        adjustments_qty,
        transfer_delta as transfers_qty,
        assembly_delta as assemblies_qty,
        order_delta as orders_qty,
        closing_qty - unexplained_qty as expected_closing_qty,
        case when is_stated then closing_qty end as stated_closing_qty,
        unexplained_qty,
        closing_qty,
        is_stated,
        stated_at
    from summed

)

select * from final
