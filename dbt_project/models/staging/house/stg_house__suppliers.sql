with source as (
    select * from {{ source('raw', 'house__suppliers') }}
),

final as (
    select
        trim(supplier_id) as supplier_id,
        supplier_name,
        currency,
        cast(lead_time_days as double) as lead_time_days,
        cast(review_days as double) as review_days,
        min_order_amount,
        coalesce(is_active, true) as is_active
    from source
    where {{ known_by_as_of() }}
    {{ newest_statement(['supplier_id']) }}
)

select * from final
