with confirmations as (
    select * from {{ ref('fct_shipment_confirmations') }}
),

final as (
    select
        channel_account,
        confirmation_id,
        order_id,
        channel_order_id,
        channel_line_id,
        channel_sku,
        sku_id,
        tracking_number,
        carrier,
        carrier_code,
        shipped_at,
        shipped_listing_qty,
        elsewhere_listing_qty,
        line_tracking_keys,
        refunds_count,
        order_due_listing_qty,
        as_of_at
    from confirmations
    where status = 'to_confirm'
)

select * from final
