with

listings as (

    select * from {{ ref('int_listings__matched') }}

),

products as (

    select * from {{ ref('int_products__known') }}

),

unmapped as (

    select
        case when match_status = 'unmatched' then 'unmapped' else 'inferred' end as finding_kind,
        channel_account,
        channel_sku as subject,
        case when match_status != 'unmatched' then sku_id end as related,
        'operations' as owner
    from listings
    where match_status in ('unmatched', 'barcode', 'fnsku', 'asin')

),

-- orders name the channel's SKU only, so of several offers one has to be guessed
duplicate as (

    select
        'duplicate' as finding_kind,
        channel_account,
        channel_sku as subject,
        string_agg(distinct sku_id, ', ' order by sku_id) as related,
        'operations' as owner
    from listings
    group by channel_account, channel_sku
    having count(distinct sku_id || '/' || units_per_listing) > 1

),

-- one pile behind several offers of an account: right, and to be known, since a sale on one lowers the others
many_to_one as (

    select
        'many_to_one' as finding_kind,
        channel_account,
        sku_id as subject,
        string_agg(listing_id, ', ' order by listing_id) as related,
        'operations' as owner
    from listings
    where is_active
    group by channel_account, sku_id
    having count(*) > 1

),

confusable as (

    select
        'confusable' as finding_kind,
        cast(null as varchar) as channel_account,
        min(sku_id) as subject,
        string_agg(sku_id, ', ' order by sku_id) as every_sku,
        'catalogue' as owner
    from products
    group by {{ look_alike('sku_id') }}
    having count(*) > 1

),

shared_barcode as (

    select
        'shared_barcode' as finding_kind,
        cast(null as varchar) as channel_account,
        barcode as subject,
        string_agg(sku_id, ', ' order by sku_id) as related,
        'catalogue' as owner
    from products
    where barcode is not null and barcode != ''
    group by barcode
    having count(*) > 1

),

-- a kit without a leaf is in a circle of kits, and can neither be built nor sold
circular_kit as (

    select
        'circular_kit' as finding_kind,
        cast(null as varchar) as channel_account,
        kits.kit_sku_id as subject,
        string_agg(distinct kits.component_sku_id, ', ' order by kits.component_sku_id) as related,
        'catalogue' as owner
    from {{ ref('stg_house__kits') }} as kits
    anti join {{ ref('int_kits__exploded') }} as exploded
        on kits.kit_sku_id = exploded.kit_sku_id
    group by kits.kit_sku_id

),

final as (

    select * from unmapped
    union all
    select * from duplicate
    union all
    select * from many_to_one
    union all
    select * replace (substr(every_sku, length(subject) + 3) as every_sku) from confusable
    union all
    select * from shared_barcode
    union all
    select * from circular_kit

)

select * from final
