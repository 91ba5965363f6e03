with

offered as (

    select * from {{ ref('int_channel_stock__offered') }}

),

fenced as (

    select * from {{ ref('int_channel_stock__fenced') }}

),

partitioned as (

    select * from {{ ref('int_channel_stock__partitioned') }}

),

unseen as (

    select * from {{ ref('int_channel_demand__unseen') }}

),

policies as (

    {{ channel_policy('offered') }}

),

terms as (

    select
        offered.*,
        coalesce(policies.mode, 'exposure') as mode,
        coalesce(policies.share_rate, 1) as share_rate,
        coalesce(policies.channel_buffer_qty, 0) as channel_buffer_qty,
        policies.cap_qty,
        policies.max_feed_age_minutes,
        coalesce(policies.publish_delay_minutes, 0) as publish_delay_minutes,
        policies.stale_quantile_rate,
        coalesce(fenced.ring_fenced_by_others_qty, 0) as ring_fenced_by_others_qty,
        partitioned.partition_qty,
        coalesce(unseen.unseen_qty, 0) as unseen_qty
    from offered
    left join policies
        on
            offered.channel_account = policies.asked_channel_account
            and offered.sku_id = policies.asked_sku_id
    left join fenced
        on
            offered.channel_account = fenced.channel_account
            and offered.fulfilled_by = fenced.fulfilled_by
            and offered.sku_id = fenced.sku_id
    left join partitioned
        on
            offered.channel_account = partitioned.channel_account
            and offered.fulfilled_by = partitioned.fulfilled_by
            and offered.sku_id = partitioned.sku_id
    left join unseen
        on
            offered.channel_account = unseen.channel_account
            and offered.listing_id = unseen.listing_id

),

shared as (

    select
        *,
        greatest(0, pool_qty - ring_fenced_by_others_qty) as open_pool_qty,
        case
            when mode = 'percent' then floor(round(share_rate * greatest(0, pool_qty - ring_fenced_by_others_qty), 9))
            -- what its own customers hold is the channel's already; the split is of what nobody holds
            when mode in ('fair_share', 'priority')
                then coalesce(partition_qty, 0) + greatest(0, pool_qty - common_pool_qty)
            else greatest(0, pool_qty - ring_fenced_by_others_qty)
        end as share_qty
    from terms

),

reduced as (

    select
        *,
        cast(least(cap_qty, greatest(0, share_qty - channel_buffer_qty - unseen_qty)) as bigint) as sellable_qty
    from shared

),

judged as (

    select
        *,
        case
            when not is_active then 'not_listed'
            when not is_stock_tracked then 'untracked'
            when not has_position then 'unknown'
            when feed_age_minutes > max_feed_age_minutes then 'stale'
            else 'ok'
        end as status
    from reduced

),

final as (

    select
        * exclude (sellable_qty, share_qty, common_pool_qty),
        cast(share_qty as bigint) as share_qty,
        -- a pack that is not whole cannot be sold
        case
            when status = 'ok' then sellable_qty // units_per_listing * units_per_listing
            when status != 'untracked' then 0
        end as ats_qty,
        case
            when status = 'ok' then sellable_qty // units_per_listing
            when status != 'untracked' then 0
        end as listing_qty
    from judged

)

select * from final
