with inputs as (
    select * from {{ ref('int_reorder__inputs') }}
),

weekly as (
    select * from {{ ref('int_demand__weekly') }}
),

-- whole weeks that cover the lead time, and the lead time with the review period
spans as (
    select
        sku_id,
        location_id,
        weeks_count,
        service_level_rate,
        cast(greatest(1, ceil(round(lead_time_days / 7, 9))) as bigint) as lead_weeks,
        cast(greatest(1, ceil(round((lead_time_days + review_days) / 7, 9))) as bigint) as cover_weeks
    from inputs
    where demand_class in ('intermittent', 'lumpy')
),

long_enough as (
    select * from spans where weeks_count >= cover_weeks
),

lengths as (
    select
        sku_id,
        location_id,
        weeks_count,
        service_level_rate,
        'lead' as span,
        lead_weeks as window_weeks
    from long_enough
    union all
    select
        sku_id,
        location_id,
        weeks_count,
        service_level_rate,
        'cover' as span,
        cover_weeks as window_weeks
    from long_enough
),

running as (
    select
        sku_id,
        location_id,
        week_no,
        sum(demand_qty) over (partition by sku_id, location_id order by week_no rows unbounded preceding) as so_far_qty
    from weekly
),

-- the sum over a window is the running sum at its end less the one before its start
sums as (
    select
        lengths.sku_id,
        lengths.location_id,
        lengths.span,
        lengths.service_level_rate,
        last_week.so_far_qty - coalesce(before.so_far_qty, 0) as window_qty
    from lengths
    inner join running as last_week
        on
            lengths.sku_id = last_week.sku_id
            and lengths.location_id = last_week.location_id
    left join running as before
        on
            lengths.sku_id = before.sku_id
            and lengths.location_id = before.location_id
            and last_week.week_no - lengths.window_weeks = before.week_no
    where last_week.week_no >= lengths.window_weeks
),

ranked as (
    select
        *,
        row_number() over (partition by sku_id, location_id, span order by window_qty) as rank_no,
        greatest(1, ceil(round(
            service_level_rate * count(*) over (partition by sku_id, location_id, span), 9
        ))) as wanted_rank_no
    from sums
),

final as (
    select
        sku_id,
        location_id,
        cast(max(window_qty) filter (where span = 'lead') as bigint) as lead_quantile_qty,
        cast(max(window_qty) filter (where span = 'cover') as bigint) as cover_quantile_qty
    from ranked
    where rank_no = wanted_rank_no
    group by sku_id, location_id
)

select * from final
