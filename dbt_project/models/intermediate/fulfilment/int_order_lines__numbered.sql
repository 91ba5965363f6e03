{{ config(materialized='view') }}

with

stated as (

    select
        channel_account,
        order_key,
        channel_sku,
        line_gid as channel_line_id
    from {{ ref('stg_shopify__bulk_order_lines') }}
    union all
    select
        channel_account,
        order_key,
        channel_sku,
        line_id as channel_line_id
    from {{ ref('stg_woocommerce__order_lines') }}

),

-- two lines of one SKU are one line here, and have no number of their own
final as (

    select
        channel_account,
        order_key,
        channel_sku,
        min(channel_line_id) as channel_line_id
    from stated
    group by all
    having count(distinct channel_line_id) = 1

)

select * from final
