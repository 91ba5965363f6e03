with recommendations as (
    select * from {{ ref('fct_reorder_recommendations') }}
),

products as (
    select * from {{ ref('dim_product') }}
),

locations as (
    select * from {{ ref('dim_location') }}
),

suppliers as (
    select * from {{ ref('dim_supplier') }}
),

named as (
    select
        recommendations.*,
        products.title,
        products.category,
        locations.location_name,
        suppliers.supplier_name,
        case
            when recommendations.need_qty > 0 and recommendations.position_qty <= 0 then 'overdue'
            when recommendations.need_qty > 0 then 'now'
            when
                recommendations.order_by_date
                <= recommendations.as_of_on + cast(ceil(recommendations.review_days) as integer)
                then 'soon'
            else 'covered'
        end as urgency
    from recommendations
    left join products on recommendations.sku_id = products.sku_id
    left join locations on recommendations.location_id = locations.location_id
    left join suppliers on recommendations.supplier_id = suppliers.supplier_id
),

final as (
    select
        urgency,
        -- within one urgency, what runs out first in front
        row_number() over (
            order by
                case urgency when 'overdue' then 1 when 'now' then 2 when 'soon' then 3 else 4 end asc,
                coalesce(cover_days - lead_time_days, case when need_qty > 0 then 0 else 3650 end) asc,
                line_amount desc nulls last,
                sku_id asc,
                location_id asc
        ) as urgency_rank,
        {% for column in [
            'sku_id', 'title', 'category', 'lifecycle', 'location_id', 'location_name', 'supplier_id', 'supplier_name',
            'supplier_sku', 'order_qty', 'need_qty', 'moq_qty', 'order_multiple_qty', 'unit_cost_amount', 'currency',
            'line_amount', 'order_by_date', 'expected_on', 'position_qty', 'on_hand_qty', 'reserved_qty', 'committed_qty',
            'backordered_qty', 'on_order_qty', 'in_transit_qty', 'reorder_point_qty', 'order_up_to_qty', 'safety_stock_qty',
            'demand_class', 'forecast_per_day_qty', 'forecast_per_week_qty', 'cover_days', 'lead_time_days',
            'lead_time_sd_days', 'lead_time_source', 'lead_time_receipts_count', 'review_days', 'service_level_rate',
            'reasons', 'as_of_at'
        ] -%}
        {{ column }}{{ ',' if not loop.last }}
    {% endfor %}
    from named
)

select * from final
