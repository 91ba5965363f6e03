with

final as (

    select
        channel_account,
        listing_id,
        channel_sku,
        sku_id,
        units_per_listing,
        fulfilled_by,
        {{ as_of() }} as as_of_at,
        unreached_ats_qty,
        node_ats_qty,
        node_debt_qty,
        debt_weight_rate,
        unplaced_qty,
        own_held_qty,
        parts_qty,
        cast(pool_qty as bigint) as pool_qty,
        cast(pool_shortfall_qty as bigint) as pool_shortfall_qty,
        ring_fenced_by_others_qty,
        mode,
        share_rate,
        partition_qty,
        share_qty,
        cast(channel_buffer_qty as bigint) as channel_buffer_qty,
        stale_quantile_rate,
        cast(publish_delay_minutes as bigint) as publish_delay_minutes,
        cast(unseen_qty as bigint) as unseen_qty,
        cast(cap_qty as bigint) as cap_qty,
        cast(ats_qty as bigint) as ats_qty,
        cast(listing_qty as bigint) as listing_qty,
        status,
        feed_age_minutes,
        cast(max_feed_age_minutes as bigint) as max_feed_age_minutes
    from {{ ref('int_channel_stock__available_to_sell') }}

)

select * from final
