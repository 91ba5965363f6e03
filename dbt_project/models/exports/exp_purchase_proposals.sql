with recommendations as (
    select * from {{ ref('fct_reorder_recommendations') }}
),

final as (
    select
        md5(concat_ws('|', supplier_id, sku_id, location_id, cast(order_qty as varchar), cast(as_of_on as varchar)))
            as proposal_id,
        supplier_id,
        supplier_sku,
        sku_id,
        location_id,
        need_qty,
        order_qty,
        moq_qty,
        order_multiple_qty,
        unit_cost_amount,
        currency,
        line_amount,
        order_by_date,
        expected_on,
        reasons,
        as_of_at
    from recommendations
    where
        order_qty > 0
        and supplier_id is not null
        and lifecycle != 'discontinued'
)

select * from final
