with positions as (
    select * from {{ ref('int_reorder__positions') }}
),

forecasts as (
    select * from {{ ref('int_demand__forecasted') }}
),

lead_times as (
    select * from {{ ref('int_lead_times__chosen') }}
),

service_levels as (
    select * from {{ ref('int_service_levels__resolved') }}
),

final as (
    select
        positions.sku_id,
        positions.location_id,
        positions.lifecycle,
        coalesce(forecasts.weeks_count, 0) as weeks_count,
        coalesce(forecasts.demand_weeks_count, 0) as demand_weeks_count,
        forecasts.adi_weeks,
        forecasts.cv2,
        coalesce(forecasts.demand_class, 'none') as demand_class,
        coalesce(forecasts.forecast_per_week_qty, 0) as forecast_per_week_qty,
        coalesce(forecasts.forecast_per_day_qty, 0) as forecast_per_day_qty,
        coalesce(forecasts.day_sd_qty, 0) as day_sd_qty,
        lead_times.supplier_id,
        lead_times.review_days,
        lead_times.lead_time_source,
        lead_times.lead_time_receipts_count,
        lead_times.lead_time_days,
        lead_times.lead_time_sd_days,
        service_levels.service_level_rate,
        service_levels.z_score
    from positions
    left join forecasts
        on
            positions.sku_id = forecasts.sku_id
            and positions.location_id = forecasts.location_id
    left join lead_times
        on
            positions.sku_id = lead_times.sku_id
            and positions.location_id = lead_times.location_id
    left join service_levels on positions.sku_id = service_levels.sku_id
)

select * from final
