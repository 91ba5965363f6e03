with listings as (
    select * from {{ ref('dim_listing') }}
),

available as (
    select * from {{ ref('fct_channel_available_to_sell') }}
),

order_lines as (
    select * from {{ ref('int_order_lines__fulfilled') }}
),

shopify_stock as (
    select * from {{ ref('stg_shopify__inventory') }}
),

destinations as (
    select * from {{ ref('stg_company__destinations') }}
),

open_units as (
    select
        channel_account,
        listing_id,
        cast(sum(open_listing_qty) as bigint) as committed_listing_qty
    from order_lines
    where
        fulfilled_by = 'merchant'
        and not is_test
        and requires_shipping
        and open_listing_qty > 0
    group by channel_account, listing_id
),

-- a target that takes on-hand counts what it holds back itself at the location that is written to
held_by_channel as (
    select
        shopify_stock.account as channel_account,
        shopify_stock.channel_sku,
        max(shopify_stock.unavailable_qty) as unavailable_listing_qty
    from shopify_stock
    inner join destinations
        on
            shopify_stock.account = destinations.account
            and shopify_stock.source_location_name = destinations.location_name
    group by shopify_stock.account, shopify_stock.channel_sku
),

targeted as (
    select
        listings.*,
        available.listing_qty,
        greatest(0, coalesce(open_units.committed_listing_qty, 0)) as committed_listing_qty,
        greatest(0, coalesce(held_by_channel.unavailable_listing_qty, 0)) as unavailable_listing_qty,
        available.status,
        available.feed_age_minutes,
        available.as_of_at
    from listings
    inner join available
        on
            listings.channel_account = available.channel_account
            and listings.listing_id = available.listing_id
    left join open_units
        on
            listings.channel_account = open_units.channel_account
            and listings.listing_id = open_units.listing_id
    left join held_by_channel
        on
            listings.channel_account = held_by_channel.channel_account
            and listings.channel_sku = held_by_channel.channel_sku
    where listings.fulfilled_by = 'merchant'
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
        listing_qty + committed_listing_qty + unavailable_listing_qty as on_hand_listing_qty,
        status,
        feed_age_minutes,
        as_of_at
    from targeted
)

select * from final
