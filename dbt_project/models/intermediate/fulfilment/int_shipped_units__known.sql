with

lines as (

    select
        channel_account,
        order_key,
        channel_sku,
        sum(implied_listing_qty) as implied_listing_qty
    from {{ ref('int_order_lines__unioned') }}
    group by all

),

-- the channel's own word, and our notice to a buyer, which is one
stated as (

    select
        channel_account,
        order_key,
        channel_sku,
        {{ tracking_key('tracking_number') }} as tracking_key,
        sum(shipped_listing_qty) as known_listing_qty
    from {{ ref('int_shipment_statements__resolved') }}
    where shipment_source in ('channel', 'x12_notice') and channel_account is not null
    group by all

),

told as (

    select
        channel_account,
        order_key,
        channel_sku,
        tracking_key,
        sum(told_listing_qty) as known_listing_qty
    from {{ ref('stg_ops__shipment_confirmations') }}
    group by all

),

spoken as (

    select * from stated
    union all
    select * from told

),

-- what both speak of is there once
tracked as (

    select
        channel_account,
        order_key,
        channel_sku,
        tracking_key,
        max(known_listing_qty) as known_listing_qty
    from spoken
    where tracking_key is not null
    group by all

),

stated_totals as (

    select
        channel_account,
        order_key,
        channel_sku,
        sum(known_listing_qty) as known_listing_qty
    from stated
    group by all

),

tracked_totals as (

    select
        channel_account,
        order_key,
        channel_sku,
        sum(known_listing_qty) as known_listing_qty
    from tracked
    group by all

),

-- a status or a parcel without a number says how many left, not in which parcel
untracked as (

    select
        lines.channel_account,
        lines.order_key,
        lines.channel_sku,
        cast(null as varchar) as tracking_key,
        greatest(lines.implied_listing_qty, coalesce(stated_totals.known_listing_qty, 0))
        - coalesce(tracked_totals.known_listing_qty, 0) as known_listing_qty
    from lines
    left join stated_totals
        on
            lines.channel_account = stated_totals.channel_account
            and lines.order_key = stated_totals.order_key
            and lines.channel_sku = stated_totals.channel_sku
    left join tracked_totals
        on
            lines.channel_account = tracked_totals.channel_account
            and lines.order_key = tracked_totals.order_key
            and lines.channel_sku = tracked_totals.channel_sku

),

unioned as (

    select * from tracked
    union all
    select * from untracked where known_listing_qty > 0

),

final as (

    select
        channel_account,
        order_key,
        channel_sku,
        tracking_key,
        cast(known_listing_qty as bigint) as known_listing_qty
    from unioned

)

select * from final
