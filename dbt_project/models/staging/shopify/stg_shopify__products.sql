with

exported as (

    select
        *,
        first_value(nullif(trim(title), '') ignore nulls) over (
            partition by _account, _file_sha256, handle
            order by _source_row
            rows between unbounded preceding and unbounded following
        ) as product_title
    from {{ source('raw', 'shopify__products') }}
    where {{ known_by_as_of() }}

),

final as (

    select
        _account as channel_account,
        nullif(trim(variant_sku), '') as channel_sku,
        handle,
        product_title as title,
        product_type,
        product_category as category,
        option1_name,
        option1_value,
        option2_name,
        option2_value,
        option3_name,
        option3_value,
        variant_grams as weight_grams,
        variant_barcode as barcode,
        variant_price_amount as price_amount,
        cost_per_item_amount as unit_cost_amount,
        nullif(trim(variant_inventory_tracker), '') is not null as is_stock_tracked,
        coalesce(gift_card, false) as is_gift_card,
        lower(trim(status)) as product_status,
        _exported_at as stated_at
    from exported
    where nullif(trim(variant_sku), '') is not null
    {{ newest_statement(['_account', 'variant_sku']) }}

)

select * from final
