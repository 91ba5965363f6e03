with

-- one order and SKU can be several rows of one report; together they are one statement
statements as (

    select
        _account as channel_account,
        trim(amazon_order_id) as order_id,
        trim(sku) as channel_sku,
        _file_sha256 as file_sha256,
        max(_exported_at) as stated_at,
        max(last_updated_at) as updated_at,
        min(purchase_at) as ordered_at,
        sum(quantity) as listing_qty,
        min(lower(trim(order_status))) as order_status,
        bool_and(coalesce(lower(trim(item_status)) in ('cancelled', 'canceled'), false)) as is_item_cancelled,
        min(lower(trim(fulfillment_channel))) as fulfillment_channel,
        sum(item_price_amount) as line_amount,
        min(currency) as currency,
        min(product_name) as line_title,
        min(ship_country) as ship_country,
        min(ship_postcode_prefix) as ship_postcode_prefix,
        min(_source_file) as source_file,
        min(_source_row) as source_row
    from {{ order_source('amazon__orders') }}
    where {{ known_by_as_of() }}
    group by all

),

newest as (

    select
        *,
        -- a cancelled line may show quantity 0, so what was ordered is the most any report ever said
        max(listing_qty) over (partition by channel_account, order_id, channel_sku) as ordered_listing_qty
    from statements
    qualify row_number() over (
        partition by channel_account, order_id, channel_sku
        order by updated_at desc nulls last, stated_at desc, file_sha256 desc
    ) = 1

),

final as (

    select
        channel_account,
        order_id,
        {{ order_key('order_id') }} as order_key,
        channel_sku,
        line_title,
        ordered_at,
        updated_at,
        ordered_listing_qty,
        line_amount,
        currency,
        order_status,
        fulfillment_channel = 'amazon' as is_fulfilled_by_channel,
        is_item_cancelled or order_status in ('cancelled', 'canceled') as is_cancelled,
        starts_with(order_status, 'shipped') as is_shipped,
        ship_country,
        ship_postcode_prefix,
        stated_at,
        source_file,
        source_row
    from newest

)

select * from final
