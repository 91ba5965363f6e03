with

channel_skus as (

    select * from {{ ref('int_channel_skus__described') }}

),

house_products as (

    select * from {{ ref('stg_house__products') }}

),

shop_products as (

    select * from {{ ref('stg_shopify__products') }}

),

listings as (

    select * from {{ ref('stg_house__listings') }}

),

own_skus as (

    select sku_id from house_products
    union
    select kit_sku_id as sku_id from {{ ref('stg_house__kits') }}

),

catalogue as (

    select sku_id from own_skus
    union
    select channel_sku as sku_id from shop_products

),

has_catalogue as (

    select count(*) > 0 as has_catalogue from catalogue

),

-- an identifier that two of our SKUs carry identifies neither
barcodes as (

    select
        barcode,
        min(sku_id) as sku_id
    from house_products
    where barcode != ''
    group by barcode
    having count(distinct sku_id) = 1

),

fnskus as (

    select
        fnsku,
        min(sku_id) as sku_id,
        min(units_per_listing) as units_per_listing
    from listings
    where fnsku != ''
    group by fnsku
    having count(distinct sku_id || '/' || units_per_listing) = 1

),

asins as (

    select
        asin,
        min(sku_id) as sku_id,
        min(units_per_listing) as units_per_listing
    from listings
    where asin != ''
    group by asin
    having count(distinct sku_id || '/' || units_per_listing) = 1

),

final as (

    select
        seen.channel_account,
        seen.channel_sku,
        seen.is_active,
        coalesce(own_skus.sku_id, barcodes.sku_id, fnskus.sku_id, asins.sku_id, seen.channel_sku) as sku_id,
        case
            when own_skus.sku_id is not null or barcodes.sku_id is not null then 1
            else coalesce(fnskus.units_per_listing, asins.units_per_listing, 1)
        end as units_per_listing,
        case
            when own_skus.sku_id is not null then 'exact'
            when barcodes.sku_id is not null then 'barcode'
            when fnskus.sku_id is not null then 'fnsku'
            when asins.sku_id is not null then 'asin'
            when catalogue.sku_id is not null then 'exact'
            when not has_catalogue.has_catalogue then 'assumed'
            else 'unmatched'
        end as match_status
    from channel_skus as seen
    cross join has_catalogue
    left join own_skus
        on seen.channel_sku = own_skus.sku_id
    left join catalogue
        on seen.channel_sku = catalogue.sku_id
    left join shop_products
        on
            seen.channel_account = shop_products.channel_account
            and seen.channel_sku = shop_products.channel_sku
    left join barcodes
        on shop_products.barcode = barcodes.barcode
    left join fnskus
        on seen.fnsku = fnskus.fnsku
    left join asins
        on seen.asin = asins.asin
    anti join listings as stated
        on
            seen.channel_account = stated.channel_account
            and seen.channel_sku = stated.channel_sku

)

select * from final
