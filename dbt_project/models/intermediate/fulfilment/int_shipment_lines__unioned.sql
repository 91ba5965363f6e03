with

accounts as (

    select * from {{ ref('int_accounts__known') }}

),

lines as (

    select * from {{ ref('int_order_lines__unioned') }}

),

listings as (

    select * from {{ ref('int_listings__matched') }} where is_order_match

),

house_shipments as (

    select * from {{ ref('stg_house__shipments') }}

),

fba_shipments as (

    select * from {{ ref('stg_amazon__fba_shipments') }}

),

-- which seller's parcels a feed speaks of; only the others are read off the order's own status
covered as (

    select distinct channel_account, 'merchant' as fulfilled_by from house_shipments
    union
    select distinct channel_account, 'channel' from fba_shipments
    union
    -- outside Amazon nobody but the merchant ships, so any parcel covers the account
    select distinct house_shipments.channel_account, 'channel'
    from house_shipments
    inner join accounts
        on house_shipments.channel_account = accounts.account
    where accounts.system != 'amazon'

),

shipments as (

    select
        'house' as shipment_source,
        account as stated_by_account,
        shipment_id, shipment_line, channel_account, order_id, order_key, channel_sku, shipped_listing_qty,
        location_id, shipped_at, carrier, tracking_number, true as is_tracked,
        coalesce(delivered_at <= {{ as_of() }}, delivery_status = 'delivered', false) as is_delivered,
        case when delivered_at <= {{ as_of() }} then delivered_at end as delivered_at,
        damaged_listing_qty, documents_ok, cast(null as timestamp) as estimated_arrival_at
    from house_shipments

    union all

    select
        'fba', fba_shipments.channel_account,
        shipment_id, shipment_line, channel_account, order_id, order_key, channel_sku, shipped_listing_qty,
        accounts.channel_location_id, shipped_at, carrier, tracking_number, false,
        false, null, 0, null, estimated_arrival_at
    from fba_shipments
    inner join accounts
        on fba_shipments.channel_account = accounts.account

    union all

    select
        'implied', lines.channel_account,
        'order:' || lines.order_id, lines.channel_sku, lines.channel_account, lines.order_id, lines.order_key,
        lines.channel_sku, lines.implied_listing_qty,
        null, coalesce(lines.implied_shipped_at, lines.ordered_at), null, null, false,
        false, null, 0, null, null
    from lines
    anti join covered
        on
            lines.channel_account = covered.channel_account
            and lines.fulfilled_by = covered.fulfilled_by
    where lines.implied_listing_qty > 0

),

final as (

    select
        shipments.* exclude (shipped_listing_qty, damaged_listing_qty),
        cast(shipments.shipped_listing_qty as bigint) as shipped_listing_qty,
        coalesce(listings.listing_id, shipments.channel_sku) as listing_id,
        coalesce(listings.sku_id, shipments.channel_sku) as sku_id,
        cast(shipments.shipped_listing_qty * coalesce(listings.units_per_listing, 1) as bigint) as shipped_qty,
        cast(shipments.damaged_listing_qty * coalesce(listings.units_per_listing, 1) as bigint) as damaged_qty
    from shipments
    left join listings
        on
            shipments.channel_account = listings.channel_account
            and shipments.channel_sku = listings.channel_sku
    where
        shipments.shipped_at <= {{ as_of() }}
        and shipments.shipped_listing_qty > 0

)

select * from final
