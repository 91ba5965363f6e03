with

shopify_products as (

    select * from {{ ref('stg_shopify__products') }}

),

fba_skus as (

    select
        account as channel_account,
        channel_sku,
        min(fnsku) as fnsku,
        min(asin) as asin
    from {{ ref('stg_amazon__fba_inventory') }}
    group by all

),

shopify_variants as (

    select *
    from {{ ref('stg_shopify__inventory') }}
    qualify row_number() over (
        partition by account, channel_sku
        order by stated_at desc, file_sha256 desc, source_row asc
    ) = 1

),

-- whatever feed shows a channel's SKU, and under which name it knows the account
{%- set feeds = [
    ('stg_shopify__inventory', 'account'),
    ('stg_shopify__products', 'channel_account'),
    ('stg_amazon__fba_inventory', 'account'),
    ('int_order_statements__unioned', 'channel_account'),
] %}
channel_skus as (

    {% for feed, account in feeds %}
        select
            {{ account }} as channel_account,
            channel_sku
        from {{ ref(feed) }}
        {% if not loop.last %}union{% endif %}
    {% endfor %}

),

channel_fulfilled as (

    select
        channel_account,
        channel_sku
    from {{ ref('int_order_statements__unioned') }}
    where stated_fulfilled_by = 'channel'
    union
    select
        channel_account,
        channel_sku
    from fba_skus

),

final as (

    select
        channel_skus.channel_account,
        channel_skus.channel_sku,
        channel_fulfilled.channel_sku is not null as is_channel_fulfilled,
        fba_skus.asin,
        fba_skus.fnsku,
        products.product_type,
        coalesce(products.product_status, 'active') = 'active' as is_active,
        coalesce(variants.handle, products.handle) as handle,
        coalesce(variants.title, products.title) as title,
        coalesce(variants.option1_name, products.option1_name) as option1_name,
        coalesce(variants.option1_value, products.option1_value) as option1_value,
        coalesce(variants.option2_name, products.option2_name) as option2_name,
        coalesce(variants.option2_value, products.option2_value) as option2_value,
        coalesce(variants.option3_name, products.option3_name) as option3_name,
        coalesce(variants.option3_value, products.option3_value) as option3_value
    from channel_skus
    left join channel_fulfilled
        on
            channel_skus.channel_account = channel_fulfilled.channel_account
            and channel_skus.channel_sku = channel_fulfilled.channel_sku
    left join fba_skus
        on
            channel_skus.channel_account = fba_skus.channel_account
            and channel_skus.channel_sku = fba_skus.channel_sku
    left join shopify_variants as variants
        on
            channel_skus.channel_account = variants.account
            and channel_skus.channel_sku = variants.channel_sku
    left join shopify_products as products
        on
            channel_skus.channel_account = products.channel_account
            and channel_skus.channel_sku = products.channel_sku

)

select * from final
