{{ config(materialized='view') }}

{#- SBA and TSB smooth sizes, intervals and occurrence with one rate; 0.95 = 1 - rate / 2 is SBA's correction. -#}
{%- set rate = 0.1 -%}
{%- set sba_correction = 0.95 -%}
{%- set error_weeks = 26 -%}

with weekly as (
    select * from {{ ref('int_demand__weekly') }}
),

policies as (
    select * from {{ ref('int_replenishment_policies__resolved') }}
),

numbered as (
    select
        weekly.sku_id,
        weekly.location_id,
        weekly.week_no,
        weekly.demand_qty,
        policies.ses_alpha_rate as alpha,
        count(*) over series as weeks_count
    from weekly
    left join policies on weekly.location_id = policies.location_id
    window series as (partition by weekly.sku_id, weekly.location_id)
),

-- the level after week t is a weighted sum of weeks 1..t: (1 - a)^(t - 1) y_1 + sum of a (1 - a)^(t - s) y_s
levelled as (
    select
        *,
        pow(1 - alpha, week_no) * sum(
            case when week_no = 1 then 1 else alpha end * pow(1 - alpha, -week_no) * demand_qty
        ) over (partition by sku_id, location_id order by week_no rows unbounded preceding) as level_qty
    from numbered
),

surprised as (
    select
        *,
        demand_qty - lag(level_qty) over (partition by sku_id, location_id order by week_no) as error_qty
    from levelled
),

overall as (
    select
        sku_id,
        location_id,
        max(weeks_count) as weeks_count,
        avg(demand_qty) as mean_qty,
        stddev_pop(demand_qty) as sd_qty,
        max(level_qty) filter (where week_no = weeks_count) as ses_qty,
        sqrt(avg(pow(error_qty, 2)) filter (where week_no > weeks_count - {{ error_weeks }})) as ses_error_sd_qty,
        sum(
            case when week_no = 1 then 1 else {{ rate }} end
            * pow(1 - {{ rate }}, weeks_count - week_no)
            * case when demand_qty > 0 then 1 else 0 end
        ) as occurrence_rate
    from surprised
    group by sku_id, location_id
),

occurrences as (
    select
        sku_id,
        location_id,
        demand_qty as size_qty,
        week_no - coalesce(lag(week_no) over series, 0) as interval_weeks,
        row_number() over series as occurrence_no,
        count(*) over (partition by sku_id, location_id) as occurrences_count
    from numbered
    where demand_qty > 0
    window series as (partition by sku_id, location_id order by week_no)
),

sized as (
    select
        sku_id,
        location_id,
        sum(weight * size_qty) as size_qty,
        sum(weight * interval_weeks) as interval_weeks
    from (
        select
            *,
            case when occurrence_no = 1 then 1 else {{ rate }} end
            * pow(1 - {{ rate }}, occurrences_count - occurrence_no) as weight
        from occurrences
    )
    group by sku_id, location_id
),

-- a sum of doubles depends on its order in the last digits; nine decimals do not
final as (
    select
        overall.sku_id,
        overall.location_id,
        overall.weeks_count,
        round(overall.mean_qty, 9) as mean_qty,
        round(overall.sd_qty, 9) as sd_qty,
        round(overall.ses_qty, 9) as ses_qty,
        round(overall.ses_error_sd_qty, 9) as ses_error_sd_qty,
        round(coalesce({{ sba_correction }} * sized.size_qty / sized.interval_weeks, 0), 9) as sba_qty,
        round(coalesce(sized.size_qty * overall.occurrence_rate, 0), 9) as tsb_qty
    from overall
    left join sized
        on
            overall.sku_id = sized.sku_id
            and overall.location_id = sized.location_id
)

select * from final
