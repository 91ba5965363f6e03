with

lines as (

    select
        channel_account,
        order_key,
        channel_sku,
        min(order_id) as order_id,
        min(other_order_key) as channel_order_id,
        min(system) as system,
        sum(ordered_listing_qty) as ordered_listing_qty,
        bool_and(fulfilled_by = 'merchant' and requires_shipping and not is_test) as is_ours,
        bool_or(is_remainder_cancelled or is_cancelled_unless_shipped) as is_called_off
    from {{ ref('int_order_lines__unioned') }}
    group by all

),

cancelled as (

    select
        *,
        customer_cancelled_listing_qty + merchant_cancelled_listing_qty + unknown_cancelled_listing_qty
            as cancelled_listing_qty
    from {{ ref('int_order_lines__cancelled') }}

),

known as (

    select
        channel_account,
        order_key,
        channel_sku,
        sum(known_listing_qty) as known_listing_qty
    from {{ ref('int_shipped_units__known') }}
    group by all

),

numbered as (

    select * from {{ ref('int_order_lines__numbered') }}

),

refunds as (

    select
        channel_account,
        other_order_key,
        count(*) as refunds_count
    from {{ ref('stg_woocommerce__order_refunds') }}
    group by all

),

counted as (

    select
        lines.*,
        numbered.channel_line_id,
        coalesce(refunds.refunds_count, 0) as refunds_count,
        -- an order called off loses what its channel does not know to have left, whatever the warehouse did afterwards
        least(lines.ordered_listing_qty, greatest(
            coalesce(cancelled.cancelled_listing_qty, 0),
            case
                when lines.is_called_off then lines.ordered_listing_qty - coalesce(known.known_listing_qty, 0)
                else 0
            end
        )) as cancelled_listing_qty
    from lines
    left join cancelled
        on
            lines.channel_account = cancelled.channel_account
            and lines.order_key = cancelled.order_key
            and lines.channel_sku = cancelled.channel_sku
    left join known
        on
            lines.channel_account = known.channel_account
            and lines.order_key = known.order_key
            and lines.channel_sku = known.channel_sku
    left join numbered
        on
            lines.channel_account = numbered.channel_account
            and lines.order_key = numbered.order_key
            and lines.channel_sku = numbered.channel_sku
    left join refunds
        on
            lines.channel_account = refunds.channel_account
            and lines.channel_order_id = refunds.other_order_key

),

final as (

    select
        * exclude (is_called_off),
        coalesce(sum(ordered_listing_qty - cancelled_listing_qty) filter (where is_ours) over (
            partition by channel_account, order_key
        ), 0) as order_due_listing_qty
    from counted

)

select * from final
