with classified as (
    select * from {{ ref('int_demand__classified') }}
),

smoothed as (
    select * from {{ ref('int_demand__smoothed') }}
),

chosen as (
    select
        classified.*,
        case classified.demand_class
            when 'smooth' then smoothed.ses_qty
            when 'erratic' then smoothed.ses_qty
            when 'new' then smoothed.mean_qty
            when 'intermittent' then smoothed.sba_qty
            when 'lumpy' then smoothed.tsb_qty
            when 'ending' then smoothed.tsb_qty
            else 0
        end as forecast_per_week_qty,
        case
            when classified.demand_class = 'none' then 0
            when classified.demand_class in ('smooth', 'erratic') then smoothed.ses_error_sd_qty
            -- one week has no spread of its own; counts scatter like the root of their mean
            when classified.weeks_count < 2 then round(sqrt(smoothed.mean_qty), 9)
            else smoothed.sd_qty
        end as week_sd_qty
    from classified
    inner join smoothed
        on
            classified.sku_id = smoothed.sku_id
            and classified.location_id = smoothed.location_id
),

final as (
    select
        sku_id,
        location_id,
        weeks_count,
        demand_weeks_count,
        adi_weeks,
        cv2,
        demand_class,
        forecast_per_week_qty,
        week_sd_qty,
        forecast_per_week_qty / 7 as forecast_per_day_qty,
        week_sd_qty / sqrt(7) as day_sd_qty
    from chosen
)

select * from final
