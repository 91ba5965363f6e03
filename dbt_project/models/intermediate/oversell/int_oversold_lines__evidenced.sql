{%- set same_line = 'oversold.channel_account, oversold.order_id, oversold.channel_sku' -%}
with

oversold_lines as (

    select * from {{ ref('int_order_lines__oversold') }}

),

policies as (

    {{ resolved_policy(
        'oversold_lines', ref('stg_policy__channel'), [['channel_account', 'channel_account'], ['sku_id', 'sku']]
    ) }}

),

-- a channel may rely on a number for as long as its policy calls it fresh
oversold as (

    select
        oversold_lines.*,
        least(oversold_lines.claimed_qty, -oversold_lines.free_after_qty) as short_qty,
        coalesce(policies.max_feed_age_minutes, 1440) as max_feed_age_minutes,
        to_minutes(cast(coalesce(policies.max_feed_age_minutes, 1440) as bigint)) as fresh_for
    from oversold_lines
    left join policies
        on
            oversold_lines.channel_account = policies.asked_channel_account
            and oversold_lines.sku_id = policies.asked_sku_id

),

pool_locations as (

    select distinct
        pool_id,
        location_id
    from {{ ref('int_pools__composed') }}

),

stock_changes as (

    select
        {{ same_line }},
        max(timeline.moved_at) filter (where timeline.is_statement) as stated_at,
        -sum(least(0, timeline.adjustment_delta)) filter (
            where timeline.moved_at > oversold.accepted_at - oversold.fresh_for
        ) as adjusted_away_qty,
        -sum(least(0, timeline.count_delta)) filter (
            where timeline.moved_at > oversold.accepted_at - oversold.fresh_for
        ) as counted_away_qty
    from oversold
    inner join pool_locations
        on oversold.pool_id = pool_locations.pool_id
    inner join {{ ref('int_stock_timeline__accumulated') }} as timeline
        on
            pool_locations.location_id = timeline.location_id
            and oversold.short_sku_id = timeline.sku_id
            and oversold.accepted_at >= timeline.moved_at
    group by all

),

unexplained as (

    select
        {{ same_line }},
        -sum(least(0, days.unexplained_qty)) as unexplained_away_qty
    from oversold
    inner join pool_locations
        on oversold.pool_id = pool_locations.pool_id
    inner join {{ ref('int_stock_positions__daily') }} as days
        on
            pool_locations.location_id = days.location_id
            and oversold.short_sku_id = days.sku_id
            and oversold.accepted_at >= days.stated_at
            and oversold.accepted_at - oversold.fresh_for < days.stated_at
    where days.is_stated
    group by all

),

taken as (

    select
        {{ same_line }},
        sum(-steps.free_delta) as other_channels_qty
    from oversold
    inner join {{ ref('int_pool_balances__running') }} as steps
        on
            oversold.pool_id = steps.pool_id
            and oversold.short_sku_id = steps.sku_id
            and oversold.channel_account != steps.channel_account
            and oversold.accepted_at > steps.stepped_at
            and oversold.accepted_at - oversold.fresh_for < steps.stepped_at
    where steps.is_acceptance
    group by all

),

-- what was called off later held stock at this instant that nobody wanted any more
called_off as (

    select
        {{ same_line }},
        sum(-steps.free_delta) as called_off_later_qty
    from oversold
    inner join {{ ref('int_pool_balances__running') }} as steps
        on
            oversold.pool_id = steps.pool_id
            and oversold.short_sku_id = steps.sku_id
            and oversold.accepted_at > steps.stepped_at
    inner join {{ ref('int_order_lines__fulfilled') }} as lines
        on
            steps.channel_account = lines.channel_account
            and steps.order_id = lines.order_id
            and steps.channel_sku = lines.channel_sku
            and oversold.accepted_at < lines.cancelled_at
            and oversold.accepted_at + oversold.fresh_for > lines.cancelled_at
    where lines.customer_cancelled_qty > 0
    group by all

),

final as (

    select
        oversold.*,
        stock_changes.stated_at,
        cast(floor(epoch(oversold.accepted_at - stock_changes.stated_at) / 60) as bigint) as stock_age_minutes,
        cast(coalesce(stock_changes.adjusted_away_qty, 0) as bigint) as adjusted_away_qty,
        cast(coalesce(stock_changes.counted_away_qty, 0) + coalesce(unexplained.unexplained_away_qty, 0) as bigint)
            as counted_away_qty,
        cast(coalesce(taken.other_channels_qty, 0) as bigint) as other_channels_qty,
        cast(greatest(0, coalesce(called_off.called_off_later_qty, 0)) as bigint) as called_off_later_qty
    from oversold
    {% for relation in ['stock_changes', 'unexplained', 'taken', 'called_off'] %}
        left join {{ relation }}
            using (channel_account, order_id, channel_sku)
    {% endfor %}

)

select * from final
