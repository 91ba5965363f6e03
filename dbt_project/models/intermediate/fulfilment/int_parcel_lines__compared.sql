with

parcels as (

    select * from {{ ref('int_parcel_lines__stated') }}

),

known as (

    select * from {{ ref('int_shipped_units__known') }}

),

known_lines as (

    select
        channel_account,
        order_key,
        channel_sku,
        sum(known_listing_qty) as line_known_listing_qty,
        coalesce(sum(known_listing_qty) filter (where tracking_key is not null), 0) as line_tracked_listing_qty
    from known
    group by all

),

numbers as (

    select
        channel_account,
        order_key,
        channel_sku,
        string_agg(tracking_key, ' ' order by tracking_key) as line_tracking_keys
    from parcels
    where tracking_key is not null
    group by all

),

matched as (

    select
        parcels.*,
        coalesce(known.known_listing_qty, 0) as known_listing_qty
    from parcels
    left join known
        on
            parcels.channel_account = known.channel_account
            and parcels.order_key = known.order_key
            and parcels.channel_sku = known.channel_sku
            and parcels.tracking_key = known.tracking_key

),

-- units are counted off against parcels in the order in which they left
counted as (

    select
        *,
        sum(known_listing_qty) over (partition by channel_account, order_key, channel_sku) as line_matched_listing_qty,
        sum(case when known_listing_qty = 0 then shipped_listing_qty else 0 end) over (
            partition by channel_account, order_key, channel_sku
            order by shipped_at, parcel_id
            rows between unbounded preceding and current row
        ) as running_listing_qty
    from matched

),

final as (

    select
        counted.* exclude (line_matched_listing_qty, running_listing_qty),  -- noqa: RF02
        numbers.line_tracking_keys,
        cast(coalesce(known_lines.line_known_listing_qty, 0) as bigint) as line_known_listing_qty,
        -- known under no number of these parcels: under another one, or under none
        cast(coalesce(known_lines.line_known_listing_qty, 0) - counted.line_matched_listing_qty as bigint)
            as elsewhere_listing_qty,
        coalesce(known_lines.line_tracked_listing_qty > counted.line_matched_listing_qty, false)
            as is_elsewhere_tracked,
        cast(counted.running_listing_qty as bigint) as running_listing_qty,
        cast(
            counted.line_matched_listing_qty + greatest(
                counted.running_listing_qty,
                coalesce(known_lines.line_known_listing_qty, 0) - counted.line_matched_listing_qty
            ) as bigint
        ) as told_after_listing_qty
    from counted
    left join numbers
        on
            counted.channel_account = numbers.channel_account
            and counted.order_key = numbers.order_key
            and counted.channel_sku = numbers.channel_sku
    left join known_lines
        on
            counted.channel_account = known_lines.channel_account
            and counted.order_key = known_lines.order_key
            and counted.channel_sku = known_lines.channel_sku

)

select * from final
