with

final as (

    select
        _account as account,
        trim(channel_account) as channel_account,
        trim(listing_id) as listing_id,
        trim(channel_sku) as channel_sku,
        trim(sku) as sku_id,
        greatest(coalesce(units_per_listing, 1), 1) as units_per_listing,
        asin,
        fnsku,
        channel_product_id,
        product_type,
        lower(trim(fulfilled_by)) as fulfilled_by,
        coalesce(lower(trim(listing_status)), 'active') = 'active' as is_active,
        _exported_at as stated_at
    from {{ source('raw', 'house__listings') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['channel_account', 'listing_id']) }}

)

select * from final
