{{ config(materialized='view') }}

with weekly as (
    select * from {{ ref('int_demand__weekly') }}
),

products as (
    select * from {{ ref('int_products__known') }}
),

counted as (
    select
        sku_id,
        location_id,
        count(*) as weeks_count,
        count(*) filter (where demand_qty > 0) as demand_weeks_count,
        avg(demand_qty) filter (where demand_qty > 0) as nonzero_mean_qty,
        stddev_pop(demand_qty) filter (where demand_qty > 0) as nonzero_sd_qty
    from weekly
    group by sku_id, location_id
),

measured as (
    select
        counted.sku_id,
        counted.location_id,
        counted.weeks_count,
        counted.demand_weeks_count,
        coalesce(products.lifecycle, 'active') as lifecycle,
        {{ safe_divide('counted.weeks_count', 'counted.demand_weeks_count') }} as adi_weeks,
        round(pow({{ safe_divide('counted.nonzero_sd_qty', 'counted.nonzero_mean_qty') }}, 2), 9) as cv2
    from counted
    left join products on counted.sku_id = products.sku_id
),

final as (
    select
        sku_id,
        location_id,
        weeks_count,
        demand_weeks_count,
        adi_weeks,
        cv2,
        case
            when demand_weeks_count = 0 then 'none'
            when lifecycle in ('ending', 'discontinued') then 'ending'
            when weeks_count < 13 then 'new'
            when adi_weeks < 1.32 and cv2 < 0.49 then 'smooth'
            when adi_weeks < 1.32 then 'erratic'
            when cv2 < 0.49 then 'intermittent'
            else 'lumpy'
        end as demand_class
    from measured
)

select * from final
