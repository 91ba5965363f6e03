with

final as (

    select
        channel_account,
        listing_id,
        channel_sku,
        sku_id,
        units_per_listing,
        match_status,
        fulfilled_by,
        is_active,
        product_type,
        channel_product_id,
        asin,
        fnsku,
        handle,
        title,
        option1_name,
        option1_value,
        option2_name,
        option2_value,
        option3_name,
        option3_value
    from {{ ref('int_listings__matched') }}

)

select * from final
