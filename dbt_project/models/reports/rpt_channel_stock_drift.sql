with

final as (

    select
        channel_account,
        listing_id,
        channel_sku,
        sku_id,
        published_listing_qty,
        published_at,
        listing_qty,
        drift_listing_qty,
        published_qty,
        channels_spread_qty,
        status,
        drift_cause,
        acknowledged_listing_qty,
        acknowledged_at,
        push_status,
        push_reason,
        read_class,
        read_at,
        read_listing_qty
    from {{ ref('fct_channel_stock_drift') }}

)

select * from final
