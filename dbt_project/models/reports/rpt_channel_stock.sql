with

stock as (

    select * from {{ ref('fct_channel_available_to_sell') }}

),

listings as (

    select * from {{ ref('dim_listing') }}

),

products as (

    select * from {{ ref('dim_product') }}

),

final as (

    select
        stock.channel_account,
        stock.listing_id,
        stock.channel_sku,
        stock.sku_id,
        coalesce(listings.title, products.title) as title,
        products.category,
        listings.match_status,
        stock.fulfilled_by,
        stock.units_per_listing,
        stock.as_of_at,
        stock.status,
        stock.feed_age_minutes,
        stock.max_feed_age_minutes,
        stock.pool_qty,
        stock.pool_shortfall_qty,
        stock.ring_fenced_by_others_qty,
        stock.share_qty,
        stock.channel_buffer_qty,
        stock.unseen_qty,
        stock.cap_qty,
        stock.ats_qty,
        stock.listing_qty
    from stock
    left join listings
        on
            stock.channel_account = listings.channel_account
            and stock.listing_id = listings.listing_id
    left join products
        on stock.sku_id = products.sku_id

)

select * from final
