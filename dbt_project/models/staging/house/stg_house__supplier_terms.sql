with source as (
    select * from {{ source('raw', 'house__supplier_terms') }}
),

final as (
    select
        trim(supplier_id) as supplier_id,
        trim(sku) as sku_id,
        supplier_sku,
        cast(lead_time_days as double) as lead_time_days,
        moq_qty,
        order_multiple_qty,
        price_break_qty,
        unit_cost_amount,
        currency,
        priority
    from source
    where {{ known_by_as_of() }}
    {{ newest_statement(['supplier_id', 'sku', 'price_break_qty']) }}
)

select * from final
