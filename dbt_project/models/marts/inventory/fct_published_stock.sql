with

listings as (

    select * from {{ ref('int_listings__matched') }} where is_order_match

),

final as (

    select
        published.account as channel_account,
        published.channel_sku,
        coalesce(listings.listing_id, published.channel_sku) as listing_id,
        coalesce(listings.sku_id, published.channel_sku) as sku_id,
        cast(published.listed_qty as bigint) as published_listing_qty,
        cast(published.listed_qty * coalesce(listings.units_per_listing, 1) as bigint) as published_qty,
        published.stated_at as published_at
    from {{ ref('stg_amazon__published') }} as published
    left join listings
        on
            published.account = listings.channel_account
            and published.channel_sku = listings.channel_sku

)

select * from final
