with

channel_skus as (

    select * from {{ ref('int_channel_skus__described') }}

),

stated_listings as (

    select
        *,
        -- orders name the channel's SKU; of two offers with one SKU the active one, then the first, is meant
        row_number() over (
            partition by channel_account, channel_sku
            order by is_active desc, listing_id asc
        ) = 1 as is_order_match
    from {{ ref('stg_house__listings') }}

),

-- a channel SKU that no listing states is its own listing: nothing sold is ever dropped
implied_listings as (

    select
        seen.channel_account,
        case when taken.listing_id is null then seen.channel_sku else 'sku:' || seen.channel_sku end as listing_id,
        seen.channel_sku,
        seen.sku_id,
        seen.units_per_listing,
        seen.is_active,
        seen.match_status
    from {{ ref('int_channel_skus__identified') }} as seen
    left join stated_listings as taken
        on
            seen.channel_account = taken.channel_account
            and seen.channel_sku = taken.listing_id

),

listings as (

    select
        channel_account,
        listing_id,
        channel_sku,
        sku_id,
        units_per_listing,
        'listed' as match_status,
        is_order_match,
        is_active
    from stated_listings
    union all
    select
        channel_account,
        listing_id,
        channel_sku,
        sku_id,
        units_per_listing,
        match_status,
        true as is_order_match,
        is_active
    from implied_listings

),

final as (

    select
        listings.channel_account,
        listings.listing_id,
        listings.channel_sku,
        listings.sku_id,
        cast(listings.units_per_listing as bigint) as units_per_listing,
        listings.match_status,
        listings.is_order_match,
        listings.is_active,
        coalesce(
            stated.fulfilled_by, case when seen.is_channel_fulfilled then 'channel' end, 'merchant'
        ) as fulfilled_by,
        coalesce(stated.asin, seen.asin) as asin,
        coalesce(stated.fnsku, seen.fnsku) as fnsku,
        stated.channel_product_id,
        coalesce(stated.product_type, seen.product_type) as product_type,
        seen.handle,
        seen.title,
        seen.option1_name,
        seen.option1_value,
        seen.option2_name,
        seen.option2_value,
        seen.option3_name,
        seen.option3_value
    from listings
    left join channel_skus as seen
        on
            listings.channel_account = seen.channel_account
            and listings.channel_sku = seen.channel_sku
    left join stated_listings as stated
        on
            listings.channel_account = stated.channel_account
            and listings.listing_id = stated.listing_id

)

select * from final
