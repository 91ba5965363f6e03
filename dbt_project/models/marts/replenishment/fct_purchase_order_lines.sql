with purchase_orders as (
    select * from {{ ref('int_purchase_orders__received') }}
),

final as (
    select
        po_id,
        po_line,
        supplier_id,
        sku_id,
        location_id,
        status,
        cast(ordered_qty as bigint) as ordered_qty,
        cast(cancelled_qty as bigint) as cancelled_qty,
        cast(received_qty as bigint) as received_qty,
        cast(damaged_qty as bigint) as damaged_qty,
        cast(open_qty as bigint) as open_qty,
        cast(unit_cost_amount as decimal(18, 4)) as unit_cost_amount,
        currency,
        cast(open_qty * unit_cost_amount as decimal(18, 4)) as open_amount,
        ordered_at,
        promised_on,
        first_received_at,
        last_received_at,
        open_qty > 0 and coalesce(promised_on < as_of_on, false) as is_overdue,
        as_of_on
    from purchase_orders
)

select * from final
