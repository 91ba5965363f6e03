with quantities as (
    select * from {{ ref('int_reorder__quantities') }}
),

explained as (
    select * from {{ ref('int_reorder__explained') }}
),

settings as (
    select * from {{ ref('stg_company__settings') }}
),

final as (
    select
        quantities.sku_id,
        quantities.location_id,
        quantities.supplier_id,
        quantities.supplier_sku,
        quantities.lifecycle,
        quantities.demand_class,
        cast(quantities.weeks_count as bigint) as weeks_count,
        cast(quantities.demand_weeks_count as bigint) as demand_weeks_count,
        cast(quantities.adi_weeks as double) as adi_weeks,
        cast(quantities.cv2 as double) as cv2,
        cast(quantities.forecast_per_week_qty as double) as forecast_per_week_qty,
        cast(quantities.forecast_per_day_qty as double) as forecast_per_day_qty,
        cast(quantities.day_sd_qty as double) as day_sd_qty,
        quantities.lead_time_source,
        cast(quantities.lead_time_receipts_count as bigint) as lead_time_receipts_count,
        cast(quantities.lead_time_days as double) as lead_time_days,
        cast(quantities.lead_time_sd_days as double) as lead_time_sd_days,
        cast(quantities.review_days as double) as review_days,
        cast(quantities.service_level_rate as double) as service_level_rate,
        cast(quantities.z_score as double) as z_score,
        quantities.method,
        quantities.safety_stock_qty,
        quantities.reorder_point_qty,
        quantities.order_up_to_qty,
        quantities.on_hand_qty,
        quantities.reserved_qty,
        quantities.committed_qty,
        quantities.backordered_qty,
        quantities.on_order_qty,
        quantities.in_transit_qty,
        quantities.position_qty,
        cast(quantities.need_qty as bigint) as need_qty,
        cast(quantities.moq_qty as bigint) as moq_qty,
        cast(quantities.order_multiple_qty as bigint) as order_multiple_qty,
        cast(quantities.order_qty as bigint) as order_qty,
        cast(quantities.unit_cost_amount as decimal(18, 4)) as unit_cost_amount,
        quantities.currency,
        quantities.line_amount,
        cast(quantities.cover_days as double) as cover_days,
        quantities.order_by_date,
        quantities.order_by_date + cast(ceil(round(quantities.lead_time_days, 6)) as integer) as expected_on,
        explained.reasons,
        settings.as_of_on,
        settings.as_of_at
    from quantities
    cross join settings
    inner join explained
        on
            quantities.sku_id = explained.sku_id
            and quantities.location_id = explained.location_id
)

select * from final
