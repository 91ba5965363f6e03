{{ config(**by_order()) }}

with

lines as (

    select * from {{ touched(ref('int_order_lines__unioned')) }}

),

shipped as (

    select * from {{ touched(ref('int_order_lines__shipped')) }}

),

hand_overs as (

    select
        channel_account,
        order_key,
        min(first_shipped_at) as first_shipped_at
    from shipped
    group by all

),

cancellations as (

    select * from {{ touched(ref('int_cancellations__unioned')) }}

),

stated as (

    select
        channel_account,
        order_key,
        channel_sku,
        sum(cancelled_listing_qty) as stated_listing_qty
    from cancellations
    group by all

),

-- what the channel's own status calls off beyond what was stated
remainders as (

    select
        lines.channel_account,
        lines.order_key,
        lines.channel_sku,
        {{ cancel_class('lines.order_cancel_reason') }} as cancel_class,
        lines.order_cancelled_at as cancelled_at,
        lines.ordered_listing_qty
        - coalesce(shipped.shipped_listing_qty, 0)
        - coalesce(stated.stated_listing_qty, 0) as cancelled_listing_qty
    from lines
    left join shipped
        on
            lines.channel_account = shipped.channel_account
            and lines.order_key = shipped.order_key
            and lines.channel_sku = shipped.channel_sku
    left join stated
        on
            lines.channel_account = stated.channel_account
            and lines.order_key = stated.order_key
            and lines.channel_sku = stated.channel_sku
    where
        lines.is_remainder_cancelled
        or (lines.is_cancelled_unless_shipped and shipped.shipped_listing_qty is null)

),

all_cancellations as (

    select * from cancellations
    union all
    select * from remainders where cancelled_listing_qty > 0

),

timed as (

    select
        all_cancellations.*,
        -- before anything of the order left the building; an unknown instant is before only when nothing ever left
        hand_overs.first_shipped_at is null
        or coalesce(all_cancellations.cancelled_at < hand_overs.first_shipped_at, false) as is_before_hand_over
    from all_cancellations
    left join hand_overs
        on
            all_cancellations.channel_account = hand_overs.channel_account
            and all_cancellations.order_key = hand_overs.order_key

),

final as (

    select
        channel_account,
        order_key,
        channel_sku,
        cast(coalesce(sum(cancelled_listing_qty) filter (where cancel_class = 'customer'), 0) as bigint)
            as customer_cancelled_listing_qty,
        cast(coalesce(sum(cancelled_listing_qty) filter (where cancel_class = 'merchant'), 0) as bigint)
            as merchant_cancelled_listing_qty,
        cast(coalesce(sum(cancelled_listing_qty) filter (where cancel_class = 'unknown'), 0) as bigint)
            as unknown_cancelled_listing_qty,
        cast(
            coalesce(sum(cancelled_listing_qty) filter (
                where cancel_class = 'customer' and is_before_hand_over
            ), 0) as bigint
        ) as customer_before_hand_over_listing_qty,
        cast(
            coalesce(sum(cancelled_listing_qty) filter (
                where cancel_class = 'unknown' and is_before_hand_over
            ), 0) as bigint
        ) as unknown_before_hand_over_listing_qty,
        max(cancelled_at) as cancelled_at
    from timed
    group by all

)

select * from final
