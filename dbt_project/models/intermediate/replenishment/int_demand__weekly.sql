{%- set window_weeks = 52 -%}

with demand as (
    select * from {{ ref('int_demand__located') }}
),

products as (
    select * from {{ ref('int_products__known') }}
),

settings as (
    select cast(date_trunc('week', as_of_on) as date) as this_week from {{ ref('stg_company__settings') }}
),

by_week as (
    select
        sku_id,
        location_id,
        cast(date_trunc('week', order_date) as date) as week_on,
        cast(sum(demand_qty) as bigint) as demand_qty
    from demand
    group by sku_id, location_id, cast(date_trunc('week', order_date) as date)
),

first_demand as (
    select
        sku_id,
        location_id,
        min(week_on) as first_demand_week
    from by_week
    group by sku_id, location_id
),

-- a product on sale before its first order has weeks of true zeros
spans as (
    select
        first_demand.sku_id,
        first_demand.location_id,
        settings.this_week,
        greatest(
            settings.this_week - {{ 7 * window_weeks }},
            least(
                first_demand.first_demand_week,
                coalesce(cast(date_trunc('week', products.launched_on) as date), first_demand.first_demand_week)
            )
        ) as first_week
    from first_demand
    cross join settings
    left join products on first_demand.sku_id = products.sku_id
),

calendar as (
    select
        sku_id,
        location_id,
        first_week,
        unnest(range(1, 1 + (this_week - first_week) // 7)) as week_no
    from spans
    where first_week < this_week
),

final as (
    select
        calendar.sku_id,
        calendar.location_id,
        calendar.week_no,
        calendar.first_week + cast(7 * (calendar.week_no - 1) as integer) as week_on,
        coalesce(by_week.demand_qty, 0) as demand_qty
    from calendar
    left join by_week
        on
            calendar.sku_id = by_week.sku_id
            and calendar.location_id = by_week.location_id
            and calendar.first_week + cast(7 * (calendar.week_no - 1) as integer) = by_week.week_on
)

select * from final
