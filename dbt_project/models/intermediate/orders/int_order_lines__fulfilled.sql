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

cancelled as (

    select * from {{ touched(ref('int_order_lines__cancelled')) }}

),

policies as (

    {{ resolved_policy('lines', ref('stg_policy__fill'), [['channel_account', 'channel_account']]) }}

),

counted as (

    select
        lines.*,
        policies.stock_wait_days,
        hand_overs.first_shipped_at,
        shipped.last_shipped_at,
        cancelled.cancelled_at,
        coalesce(shipped.shipped_listing_qty, 0) as shipped_listing_qty,
        coalesce(shipped.first_release_listing_qty, 0) as first_release_listing_qty,
        least(lines.ordered_listing_qty, coalesce(cancelled.customer_cancelled_listing_qty, 0))
            as customer_cancelled_listing_qty,
        least(lines.ordered_listing_qty, coalesce(cancelled.merchant_cancelled_listing_qty, 0))
            as merchant_cancelled_listing_qty,
        least(lines.ordered_listing_qty, coalesce(cancelled.unknown_cancelled_listing_qty, 0))
            as unknown_cancelled_listing_qty,
        -- called off by the customer before anything left: never demand
        coalesce(cancelled.customer_before_hand_over_listing_qty, 0)
        + case
            when policies.unknown_cancel_counts_as = 'customer'
                then coalesce(cancelled.unknown_before_hand_over_listing_qty, 0)
            else 0
        end as withdrawn_listing_qty
    from lines
    left join shipped
        on
            lines.channel_account = shipped.channel_account
            and lines.order_key = shipped.order_key
            and lines.channel_sku = shipped.channel_sku
    left join hand_overs
        on
            lines.channel_account = hand_overs.channel_account
            and lines.order_key = hand_overs.order_key
    left join cancelled
        on
            lines.channel_account = cancelled.channel_account
            and lines.order_key = cancelled.order_key
            and lines.channel_sku = cancelled.channel_sku
    left join policies
        on lines.channel_account = policies.asked_channel_account

),

judged as (

    select
        *,
        greatest(0, ordered_listing_qty - withdrawn_listing_qty) as demanded_listing_qty,
        -- only the merchant's own shipping is a claim on the merchant's shelves
        case
            when is_test or not requires_shipping or fulfilled_by != 'merchant' then 0
            else greatest(
                0,
                ordered_listing_qty - shipped_listing_qty - customer_cancelled_listing_qty
                - merchant_cancelled_listing_qty - unknown_cancelled_listing_qty
            )
        end as open_listing_qty,
        -- an order that waited longer than this for its first parcel was not filled from stock
        first_shipped_at is not null
        and (stock_wait_days is null or first_shipped_at <= clock_starts_at + {{ hours('24 * stock_wait_days') }})
            as is_released_from_stock
    from counted

),

scoped as (

    select
        *,
        case when is_preorder then coalesce(release_on, ordered_on) else ordered_on end as line_date,
        not is_test
        and requires_shipping
        and demanded_listing_qty > 0
        and (not is_preorder or coalesce(release_on <= {{ local_date(as_of(), 'time_zone') }}, false)) as is_in_scope
    from judged

),

final as (

    select
        * exclude (
            line_date, withdrawn_listing_qty, demanded_listing_qty, first_release_listing_qty, stated_fulfilled_by,
            customer_cancelled_listing_qty, merchant_cancelled_listing_qty, unknown_cancelled_listing_qty,
            is_remainder_cancelled, is_cancelled_unless_shipped, order_cancelled_at, order_cancel_reason,
            implied_listing_qty, implied_shipped_at, other_order_key
        ),
        -- the lines of one order count on one day, the latest of those in scope
        coalesce(
            max(line_date) filter (where is_in_scope) over (partition by channel_account, order_key), line_date
        ) as order_date,
        cast(ordered_listing_qty * units_per_listing as bigint) as ordered_qty,
        cast(demanded_listing_qty * units_per_listing as bigint) as demanded_qty,
        cast(
            case when is_released_from_stock then least(demanded_listing_qty, first_release_listing_qty) else 0 end
            * units_per_listing as bigint
        ) as filled_first_pass_qty,
        cast(shipped_listing_qty * units_per_listing as bigint) as shipped_qty,
        cast(customer_cancelled_listing_qty * units_per_listing as bigint) as customer_cancelled_qty,
        cast(merchant_cancelled_listing_qty * units_per_listing as bigint) as merchant_cancelled_qty,
        cast(unknown_cancelled_listing_qty * units_per_listing as bigint) as unknown_cancelled_qty,
        cast(open_listing_qty * units_per_listing as bigint) as open_qty
    from scoped

)

select * from final
