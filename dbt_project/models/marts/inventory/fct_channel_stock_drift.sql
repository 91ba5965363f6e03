with

-- what a shop itself believes it can sell, over all of its locations
shops as (

    select
        account as channel_account,
        channel_sku,
        cast(sum(available_qty) as bigint) as published_listing_qty,
        max(stated_at) as published_at
    from {{ ref('stg_shopify__inventory') }}
    where available_qty is not null
    group by all

),

published as (

    select * from shops
    union all
    select
        channel_account,
        channel_sku,
        published_listing_qty,
        published_at
    from {{ ref('fct_published_stock') }}
    where published_listing_qty is not null

),

newest as (

    select *
    from published
    qualify row_number() over (partition by channel_account, channel_sku order by published_at desc) = 1

),

compared as (

    select
        available.channel_account,
        available.listing_id,
        listings.channel_sku,
        available.sku_id,
        newest.published_listing_qty,
        newest.published_listing_qty * available.units_per_listing as published_qty,
        newest.published_at,
        available.listing_qty,
        available.status,
        newest.published_listing_qty - available.listing_qty as drift_listing_qty
    from {{ ref('fct_channel_available_to_sell') }} as available
    inner join {{ ref('int_listings__matched') }} as listings
        on
            available.channel_account = listings.channel_account
            and available.listing_id = listings.listing_id
            and listings.is_order_match
    inner join newest
        on
            available.channel_account = newest.channel_account
            and listings.channel_sku = newest.channel_sku
    where available.listing_qty is not null

),

final as (

    select
        *,
        max(published_qty) over by_sku - min(published_qty) over by_sku as channels_spread_qty
    from compared
    window by_sku as (partition by sku_id)

)

select * from final
