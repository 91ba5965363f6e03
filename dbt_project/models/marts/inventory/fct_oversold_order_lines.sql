with

oversold as (

    select * from {{ ref('int_oversold_lines__evidenced') }}

),

lines as (

    select * from {{ ref('int_order_lines__fulfilled') }}

),

products as (

    select * from {{ ref('int_products__known') }}

),

final as (

    select
        oversold.channel_account,
        oversold.order_id,
        oversold.channel_sku,
        oversold.sku_id,
        oversold.short_sku_id,
        oversold.pool_id,
        oversold.accepted_at as ordered_at,
        lines.ordered_on,
        oversold.ordered_qty,
        cast(oversold.free_after_qty + oversold.claimed_qty as bigint) as free_before_qty,
        cast(oversold.short_qty as bigint) as beyond_free_qty,
        oversold.oversold_qty,
        case
            when oversold.adjusted_away_qty >= oversold.short_qty then 'manual_edit'
            when oversold.counted_away_qty >= oversold.short_qty then 'count_error'
            when oversold.called_off_later_qty >= oversold.short_qty then 'late_cancel'
            when oversold.other_channels_qty >= oversold.short_qty then 'shared_pool'
            when oversold.stock_age_minutes > oversold.max_feed_age_minutes then 'stale_feed'
            else 'unknown'
        end as oversell_cause,
        oversold.stated_at,
        oversold.stock_age_minutes,
        oversold.max_feed_age_minutes,
        oversold.adjusted_away_qty,
        oversold.counted_away_qty,
        oversold.called_off_later_qty,
        oversold.other_channels_qty,
        lines.shipped_qty,
        lines.merchant_cancelled_qty,
        lines.open_qty,
        lines.currency,
        cast(lines.line_amount * oversold.oversold_qty / nullif(lines.ordered_qty, 0) as decimal(18, 4))
            as oversold_amount,
        -- only where price and cost are in one currency
        case
            when lines.currency = products.currency
                then cast(
                    (lines.line_amount / nullif(lines.ordered_qty, 0) - products.unit_cost_amount)
                    * oversold.oversold_qty as decimal(18, 4)
                )
        end as oversold_margin_amount
    from oversold
    inner join lines
        using (channel_account, order_id, channel_sku)
    left join products
        on oversold.sku_id = products.sku_id

)

select * from final
