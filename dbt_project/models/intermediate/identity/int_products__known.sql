with

house_products as (

    select * from {{ ref('stg_house__products') }}

),

shopify_products as (

    select *
    from {{ ref('stg_shopify__products') }}
    -- several shops may carry one SKU; the newest catalogue speaks
    qualify row_number() over (partition by channel_sku order by stated_at desc, channel_account asc) = 1

),

shopify_currencies as (

    select
        account,
        currency
    from {{ ref('int_accounts__known') }}

),

kits as (

    select * from {{ ref('stg_house__kits') }}

),

listings as (

    select * from {{ ref('int_listings__matched') }}

),

{%- set feeds = [
    'stg_house__products', 'stg_house__stock_snapshots', 'int_stock_movements__unioned', 'int_receipts__unioned',
    'int_purchase_orders__unioned', 'stg_house__supplier_terms', 'int_partner_snapshots__converted',
] %}

-- every SKU any feed has ever named
skus as (

    select sku_id from listings
    union
    select channel_sku as sku_id from shopify_products
    union
    select kit_sku_id as sku_id from kits
    union
    select component_sku_id as sku_id from kits
    {% for feed in feeds %}
        union
        select sku_id from {{ ref(feed) }}
    {% endfor %}

),

listed_titles as (

    select
        sku_id,
        max(title) as title
    from listings
    group by all

),

kit_skus as (

    select distinct kit_sku_id from kits

),

final as (

    select
        skus.sku_id,
        coalesce(house.title, shopify.title, listed_titles.title, skus.sku_id) as title,
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
    left join listed_titles
        on skus.sku_id = listed_titles.sku_id
    where skus.sku_id is not null

)

select * from final
