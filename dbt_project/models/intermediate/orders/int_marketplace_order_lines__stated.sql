{{ config(materialized='view') }}

with

accounts as (

    select
        account as channel_account,
        currency as account_currency,
        coalesce(time_zone, 'UTC') as time_zone
    from {{ ref('stg_company__accounts') }}

),

walmart as (

    select
        walmart.*,
        'walmart' as statement_source,
        case
            when starts_with(walmart.ship_node_type, 'wfs') then 'channel'
            when walmart.ship_node_type is not null then 'merchant'
        end as stated_fulfilled_by,
        {{ local_date('estimated_delivery_at', 'time_zone') }} as promised_on,
        walmart.estimated_ship_at as ship_by_at
    from {{ ref('stg_walmart__order_lines') }} as walmart
    inner join accounts
        using (channel_account)

),

ebay as (

    select
        ebay.*,
        'ebay' as statement_source,
        {{ local_midnight('sale_on', 'time_zone') }} as ordered_at,
        ebay.latest_delivery_on as promised_on,
        {{ local_midnight('ship_by_on + 1', 'time_zone') }} as ship_by_at
    from {{ ref('stg_ebay__orders') }} as ebay
    inner join accounts
        using (channel_account)

),

tiktok as (

    select
        tiktok.*,
        'tiktok' as statement_source,
        case
            when tiktok.fulfillment_type like '%tiktok%' then 'channel' when
                tiktok.fulfillment_type is not null
                then 'merchant'
        end as stated_fulfilled_by,
        coalesce(tiktok.order_type like 'pre%', false) as is_preorder,
        -- instants say what happened in every language, the status in the seller's only
        coalesce(tiktok.cancelled_at <= {{ as_of() }}, false) as is_remainder_cancelled,
        tiktok.cancelled_at as order_cancelled_at,
        case
            when tiktok.cancelled_by in ('user', 'buyer', 'customer') then 'customer'
            when tiktok.cancel_reason like '%stock%' then 'out_of_stock'
            when tiktok.cancelled_by = 'seller' then 'other'
            when tiktok.cancel_reason like '%pay%' or tiktok.cancel_reason like '%paid%' then 'payment'
        end as order_cancel_reason
    from {{ ref('stg_tiktok__orders') }} as tiktok

),

unioned as (

    select * from walmart
    union all by name
    select * from ebay
    union all by name
    select * from tiktok

),

final as (

    select
        unioned.channel_account,
        unioned.order_id,
        unioned.order_key,
        unioned.other_order_key,
        unioned.statement_source,
        unioned.channel_sku,
        unioned.ordered_at,
        unioned.ordered_listing_qty,
        unioned.line_amount,
        coalesce(unioned.currency, accounts.account_currency) as currency,
        unioned.stated_fulfilled_by,
        coalesce(unioned.is_preorder, false) as is_preorder,
        unioned.promised_on,
        unioned.ship_by_at,
        unioned.ship_country,
        unioned.ship_postcode_prefix,
        coalesce(unioned.is_remainder_cancelled, false) as is_remainder_cancelled,
        unioned.order_cancelled_at,
        unioned.order_cancel_reason,
        -- what left is stated unit by unit, as shipments
        0 as implied_listing_qty,
        unioned.stated_at,
        unioned.source_file,
        unioned.source_row
    from unioned
    left join accounts
        on unioned.channel_account = accounts.channel_account

)

select * from final
