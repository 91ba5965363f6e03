with

house_products as (

    select * from {{ ref('stg_house__products') }}

),

shopify_products as (

    select *
    from {{ ref('stg_shopify__products') }}
    -- several shops may carry one SKU; the newest catalogue speaks
    qualify row_number() over (partition by channel_sku order by stated_at desc, channel_account) = 1

),

shopify_currencies as (

    select account, currency from {{ ref('int_accounts__known') }}

),

kits as (

    select * from {{ ref('stg_house__kits') }}

),

listings as (

    select * from {{ ref('int_listings__matched') }}

),

-- every SKU any feed has ever named
named as (

    select sku_id, null as title from house_products
    union all
    select channel_sku, null from shopify_products
    union all
    select kit_sku_id, null from kits
    union all
    select component_sku_id, null from kits
    union all
    select sku_id, title from listings
    union all
    select sku_id, null from {{ ref('stg_house__stock_snapshots') }}
    union all
    select sku_id, null from {{ ref('stg_house__stock_movements') }}
    union all
    select sku_id, null from {{ ref('stg_house__receipts') }}
    union all
    select sku_id, null from {{ ref('stg_house__purchase_orders') }}
    union all
    select sku_id, null from {{ ref('stg_house__supplier_terms') }}

),

skus as (

    select
        sku_id,
        max(title) as listed_title
    from named
    where sku_id is not null
    group by all

),

kit_skus as (

    select distinct kit_sku_id from kits

),

final as (

    select
        skus.sku_id,
        coalesce(house.title, shopify.title, skus.listed_title, skus.sku_id) as title,
        coalesce(house.category, shopify.category, shopify.product_type) as category,
        coalesce(house.lifecycle, case when shopify.product_status = 'archived' then 'discontinued' end, 'active')
            as lifecycle,
        coalesce(house.unit_cost_amount, shopify.unit_cost_amount) as unit_cost_amount,
        coalesce(house.price_amount, shopify.price_amount) as price_amount,
        coalesce(house.currency, shop.currency) as currency,
        coalesce(house.is_stock_tracked, shopify.is_stock_tracked, true) as is_stock_tracked,
        house.launched_on,
        house.ending_on,
        kit_skus.kit_sku_id is not null as is_kit,
        coalesce(house.weight_grams, shopify.weight_grams) as weight_grams,
        coalesce(house.barcode, shopify.barcode) as barcode,
        house.sku_id is not null or shopify.channel_sku is not null as is_in_catalogue
    from skus
    left join house_products as house
        on skus.sku_id = house.sku_id
    left join shopify_products as shopify
        on skus.sku_id = shopify.channel_sku
    left join shopify_currencies as shop
        on shopify.channel_account = shop.account
    left join kit_skus
        on skus.sku_id = kit_skus.kit_sku_id

)

select * from final
