with source as (
    select * from {{ source('raw', 'house__purchase_orders') }}
),

final as (
    select
        trim(po_id) as po_id,
        trim(po_line) as po_line,
        trim(supplier_id) as supplier_id,
        trim(sku) as sku_id,
        trim(location_id) as location_id,
        ordered_qty,
        coalesce(cancelled_qty, 0) as cancelled_qty,
        unit_cost_amount,
        currency,
        ordered_at,
        promised_on,
        lower(status) as status
    from source
    where
        {{ known_by_as_of() }}
        and ordered_at <= {{ as_of() }}
    {{ newest_statement(['po_id', 'po_line'], updated_at='updated_at') }}
)

select * from final
