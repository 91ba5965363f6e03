with targets as (
    select * from {{ ref('fct_channel_stock_targets') }}
),

final as (
    select
        channel_account,
        listing_id,
        channel_sku,
        sku_id,
        fulfilled_by,
        product_type,
        channel_product_id,
        handle,
        title,
        option1_name,
        option1_value,
        option2_name,
        option2_value,
        option3_name,
        option3_value,
        listing_qty,
        committed_listing_qty,
        unavailable_listing_qty,
        on_hand_listing_qty,
        status,
        feed_age_minutes,
        as_of_at
    from targets
    where status in ('ok', 'stale')
)

select * from final
