with

final as (

    select
        _account as account,
        trim(purchase_order_id) as po_id,
        coalesce(nullif(trim(order_line_id), ''), cast(transaction_line as varchar)) as po_line,
        purpose_code,
        trim(seller_code) as supplier_id,
        coalesce(nullif(trim(ship_to_code), ''), 'unnamed') as source_location_name,
        trim(sku) as channel_sku,
        ordered_qty,
        -- a price per case is no cost of a unit
        case when unit is null or unit in ('EA', 'PC', 'UN') then unit_price_amount end as unit_cost_amount,
        currency,
        cast(coalesce(ordered_on, cast(_exported_at as date)) as timestamp) as ordered_at,
        requested_delivery_on as promised_on
    from {{ source('raw', 'x12__purchase_orders') }}
    where {{ known_by_as_of() }} and purchase_order_id is not null
    {{ newest_document('purchase_order_id') }}

)

select * from final
