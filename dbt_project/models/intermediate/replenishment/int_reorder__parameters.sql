with inputs as (
    select * from {{ ref('int_reorder__inputs') }}
),

windows as (
    select * from {{ ref('int_demand_windows__ranked') }}
),

moments as (
    select
        inputs.*,
        windows.lead_quantile_qty,
        windows.cover_quantile_qty,
        inputs.forecast_per_day_qty * inputs.lead_time_days as lead_demand_qty,
        inputs.forecast_per_day_qty * (inputs.lead_time_days + inputs.review_days) as cover_demand_qty,
        pow(inputs.forecast_per_day_qty * inputs.lead_time_sd_days, 2) as lead_time_variance,
        inputs.lead_time_days * pow(inputs.day_sd_qty, 2) as lead_variance,
        (inputs.lead_time_days + inputs.review_days) * pow(inputs.day_sd_qty, 2) as cover_variance
    from inputs
    left join windows
        on
            inputs.sku_id = windows.sku_id
            and inputs.location_id = windows.location_id
),

levelled as (
    select
        *,
        case
            when demand_class in ('none', 'ending') or lifecycle = 'discontinued' then 'to commitments'
            when lead_quantile_qty is not null then 'quantile of past windows'
            else 'normal'
        end as method,
        case
            when demand_class in ('none', 'ending') or lifecycle = 'discontinued' then 0
            when lead_quantile_qty is not null then lead_quantile_qty
            else lead_demand_qty + z_score * sqrt(lead_variance + lead_time_variance)
        end as reorder_point,
        case
            when demand_class in ('none', 'ending') or lifecycle = 'discontinued' then 0
            when lead_quantile_qty is not null then greatest(lead_quantile_qty, cover_quantile_qty)
            else cover_demand_qty + z_score * sqrt(cover_variance + lead_time_variance)
        end as order_up_to
    from moments
),

-- a hair above a whole unit is rounding noise of the sums, not a unit
final as (
    select
        sku_id,
        location_id,
        lifecycle,
        weeks_count,
        demand_weeks_count,
        adi_weeks,
        cv2,
        demand_class,
        forecast_per_week_qty,
        forecast_per_day_qty,
        day_sd_qty,
        supplier_id,
        review_days,
        lead_time_source,
        lead_time_receipts_count,
        lead_time_days,
        lead_time_sd_days,
        service_level_rate,
        z_score,
        method,
        cast(ceil(round(greatest(0, reorder_point - lead_demand_qty), 6)) as bigint) as safety_stock_qty,
        cast(ceil(round(reorder_point, 6)) as bigint) as reorder_point_qty,
        cast(ceil(round(order_up_to, 6)) as bigint) as order_up_to_qty
    from levelled
)

select * from final
