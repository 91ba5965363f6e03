with

final as (

    select
        _account as channel_account,
        trim(purchase_order_id) as order_id,
        {{ order_key('trim(purchase_order_id)') }} as order_key,
        {{ order_key('trim(customer_order_id)') }} as other_order_key,
        trim(line_number) as line_number,
        {{ channel_sku('sku', 'product_name') }} as channel_sku,
        ordered_at,
        quantity as ordered_listing_qty,
        -- the charge for the goods; shipping and fees are charges of other types
        try_cast(list_extract(
            json_extract_string(charges, '$.charge[*].chargeAmount.amount'),
            list_position(json_extract_string(charges, '$.charge[*].chargeType'), 'PRODUCT')
        ) as decimal(18, 4)) as line_amount,
        json_extract_string(charges, '$.charge[0].chargeAmount.currency') as currency,
        lower(trim(ship_node_type)) as ship_node_type,
        estimated_ship_at,
        estimated_delivery_at,
        ship_country,
        ship_postcode_prefix,
        status_at,
        _exported_at as stated_at,
        _source_file as source_file,
        _source_row as source_row
    from {{ order_source('walmart__order_lines') }}
    where {{ known_by_as_of() }}
    {{ newest_whole(['_account', 'purchase_order_id'], ['line_number']) }}

)

select * from final
