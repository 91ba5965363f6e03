with

final as (

    select
        sku_id,
        title,
        category,
        lifecycle,
        unit_cost_amount,
        price_amount,
        currency,
        weight_grams,
        barcode,
        is_stock_tracked,
        is_kit,
        is_in_catalogue,
        launched_on,
        ending_on
    from {{ ref('int_products__known') }}

)

select * from final
