{{ config(materialized='view') }}

with

-- what is no more than a basket was never placed
lines as (

    select
        channel_account,
        order_id,
        order_key,
        other_order_key,
        channel_sku,
        order_status,
        currency,
        ordered_at,
        completed_at,
        updated_at,
        ship_country,
        ship_postcode_prefix,
        stated_at,
        min(source_file) as source_file,
        min(source_row) as source_row,
        sum(ordered_listing_qty) as ordered_listing_qty,
        sum(line_amount) as line_amount
    from {{ ref('stg_woocommerce__order_lines') }}
    where order_status not in ('checkout_draft', 'auto_draft')
    group by all

),

called_off as (

    select
        channel_account,
        order_key,
        channel_sku,
        sum(refunded_listing_qty) as called_off_listing_qty
    from {{ ref('int_woocommerce_refund_lines__dated') }}
    where is_cancellation
    group by all

),

final as (

    select
        lines.*,
        'woocommerce' as statement_source,
        lines.order_status in ('cancelled', 'failed', 'trash') as is_remainder_cancelled,
        -- paid back in full: what was completed before had left, the rest never will
        lines.order_status = 'refunded' as is_cancelled_unless_shipped,
        case
            when lines.order_status in ('cancelled', 'failed', 'trash', 'refunded') then lines.updated_at
        end as order_cancelled_at,
        case when lines.order_status = 'failed' then 'payment' end as order_cancel_reason,
        case
            when
                lines.order_status = 'completed'
                or (lines.order_status = 'refunded' and lines.completed_at is not null)
                then greatest(0, lines.ordered_listing_qty - coalesce(called_off.called_off_listing_qty, 0))
            else 0
        end as implied_listing_qty,
        coalesce(lines.completed_at, lines.updated_at) as implied_shipped_at
    from lines
    left join called_off
        on
            lines.channel_account = called_off.channel_account
            and lines.order_key = called_off.order_key
            and lines.channel_sku = called_off.channel_sku

)

select * from final
