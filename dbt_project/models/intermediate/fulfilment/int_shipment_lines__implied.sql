{{ config(materialized='view') }}

with

accounts as (

    select * from {{ ref('int_accounts__known') }}

),

lines as (

    select * from {{ touched(ref('int_order_lines__unioned')) }}

),

-- order lines whose parcels another feed tells
told as (

    select distinct
        channel_account,
        order_key,
        channel_sku
    from {{ touched(ref('int_shipment_statements__resolved')) }}
    where is_nearest

),

house_shipments as (

    select distinct channel_account from {{ ref('stg_house__shipment_places') }}

),

-- which seller's parcels a feed speaks of; only the others are read off the order's own status
covered as (

    select
        channel_account,
        'merchant' as fulfilled_by
    from house_shipments
    union
    select
        channel_account,
        'channel' as fulfilled_by
    from {{ ref('stg_amazon__fba_accounts') }}
    union
    -- outside Amazon nobody but the merchant ships, so any parcel covers the account
    select
        house_shipments.channel_account,
        'channel' as fulfilled_by
    from house_shipments
    inner join accounts
        on house_shipments.channel_account = accounts.account
    where accounts.system != 'amazon'

),

final as (

    select
        lines.channel_account,
        lines.order_id,
        lines.order_key,
        lines.channel_sku,
        lines.implied_listing_qty as shipped_listing_qty,
        coalesce(lines.implied_shipped_at, lines.ordered_at) as shipped_at
    from lines
    anti join covered
        on
            lines.channel_account = covered.channel_account
            and lines.fulfilled_by = covered.fulfilled_by
    anti join told
        on
            lines.channel_account = told.channel_account
            and lines.order_key = told.order_key
            and lines.channel_sku = told.channel_sku
    where lines.implied_listing_qty > 0

)

select * from final
