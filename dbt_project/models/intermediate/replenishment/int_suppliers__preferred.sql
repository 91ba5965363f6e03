{{ config(materialized='view') }}

with terms as (
    select * from {{ ref('stg_house__supplier_terms') }}
),

suppliers as (
    select * from {{ ref('stg_house__suppliers') }}
),

-- terms of a SKU are repeated on each price break; the smallest break speaks for all
stated as (
    select
        supplier_id,
        sku_id,
        min(priority) as priority,
        arg_min(supplier_sku, price_break_qty) as supplier_sku,
        arg_min(lead_time_days, price_break_qty) as lead_time_days,
        arg_min(moq_qty, price_break_qty) as moq_qty,
        arg_min(order_multiple_qty, price_break_qty) as order_multiple_qty
    from terms
    group by supplier_id, sku_id
),

final as (
    select
        stated.sku_id,
        stated.supplier_id,
        suppliers.supplier_name,
        stated.supplier_sku,
        stated.lead_time_days as terms_lead_time_days,
        suppliers.lead_time_days as supplier_lead_time_days,
        suppliers.review_days,
        coalesce(stated.moq_qty, 0) as moq_qty,
        greatest(1, coalesce(stated.order_multiple_qty, 1)) as order_multiple_qty
    from stated
    left join suppliers on stated.supplier_id = suppliers.supplier_id
    where coalesce(suppliers.is_active, true)
    qualify row_number() over (
        partition by stated.sku_id
        order by stated.priority nulls last, stated.supplier_id
    ) = 1
)

select * from final
