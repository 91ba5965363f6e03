with

offered as (

    select * from {{ ref('int_channel_stock__offered') }}

),

policies as (

    {{ channel_policy('offered') }}

),

-- what the channel sells between the last count and the moment its number changes is Poisson with this mean
means as (

    select
        offered.channel_account,
        offered.listing_id,
        policies.stale_quantile_rate,
        offered.demand_per_minute
        * (coalesce(offered.feed_age_minutes, 0) + coalesce(policies.publish_delay_minutes, 0)) as unseen_mean_qty
    from offered
    inner join policies
        on
            offered.channel_account = policies.asked_channel_account
            and offered.sku_id = policies.asked_sku_id
    where policies.stale_quantile_rate > 0 and offered.demand_per_minute > 0

),

distinct_means as (

    select distinct
        unseen_mean_qty,
        stale_quantile_rate
    from means
    where unseen_mean_qty > 0

),

-- twelve standard deviations around the mean hold all of the probability that a double can tell from 1
steps as (

    select
        unseen_mean_qty,
        stale_quantile_rate,
        unnest(generate_series(
            cast(greatest(0, floor(unseen_mean_qty - 12 * sqrt(unseen_mean_qty))) as bigint),
            cast(ceil(unseen_mean_qty + 12 * sqrt(unseen_mean_qty) + 12) as bigint)
        )) as step_qty
    from distinct_means

),

cumulated as (

    select
        unseen_mean_qty,
        stale_quantile_rate,
        step_qty,
        sum(exp(step_qty * ln(unseen_mean_qty) - unseen_mean_qty - lgamma(step_qty + 1))) over (
            partition by unseen_mean_qty, stale_quantile_rate
            order by step_qty
            rows between unbounded preceding and current row
        ) as cumulative_rate
    from steps

),

quantiles as (

    select
        unseen_mean_qty,
        stale_quantile_rate,
        min(step_qty) as unseen_qty
    from cumulated
    where cumulative_rate >= stale_quantile_rate
    group by all

),

final as (

    select
        means.channel_account,
        means.listing_id,
        means.unseen_mean_qty,
        quantiles.unseen_qty
    from means
    inner join quantiles
        on
            means.unseen_mean_qty = quantiles.unseen_mean_qty
            and means.stale_quantile_rate = quantiles.stale_quantile_rate

)

select * from final
