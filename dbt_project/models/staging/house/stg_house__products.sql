with

final as (

    select
        _account as account,
        trim(sku) as sku_id,
        title,
        category,
        coalesce(lower(trim(lifecycle)), 'active') as lifecycle,
        unit_cost_amount,
        price_amount,
        currency,
        weight_grams,
        barcode,
        coalesce(is_stock_tracked, true) as is_stock_tracked,
        launched_on,
        ending_on,
        updated_at,
        _exported_at as stated_at
    from {{ source('raw', 'house__products') }}
    where {{ known_by_as_of() }}
    -- one catalogue: a SKU that two accounts state has one newest statement
    {{ newest_statement(['sku'], updated_at='updated_at') }}

)

select * from final
