{{ config(**by_order()) }}

with

accounts as (

    select * from {{ ref('int_accounts__known') }}

),

listings as (

    select * from {{ ref('int_listings__matched') }} where is_order_match

),

house as (

    select
        *,
        'house' as shipment_source,
        account as stated_by_account,
        true as is_tracked
    from {{ ref('stg_house__shipments') }}

),

-- the channel tells what left and never what arrived
fba as (

    select
        shipments.*,
        'fba' as shipment_source,
        shipments.channel_account as stated_by_account,
        accounts.channel_location_id as location_id,
        false as is_tracked
    from {{ ref('stg_amazon__fba_shipments') }} as shipments
    inner join accounts
        on shipments.channel_account = accounts.account

),

-- what the house or the channel's own warehouse states of an order line is not told a second time
elsewhere as (

    select
        stated.* exclude (is_nearest),  -- noqa: RF02
        stated.delivered_at is not null as is_tracked
    from {{ touched(ref('int_shipment_statements__resolved')) }} as stated
    anti join house
        on
            stated.channel_account = house.channel_account
            and stated.order_key = house.order_key
            and stated.channel_sku = house.channel_sku
    anti join fba
        on
            stated.channel_account = fba.channel_account
            and stated.order_key = fba.order_key
            and stated.channel_sku = fba.channel_sku
    where stated.is_nearest

),

implied as (

    select
        *,
        'implied' as shipment_source,
        channel_account as stated_by_account,
        'order:' || order_id as shipment_id,
        channel_sku as shipment_line,
        false as is_tracked
    from {{ ref('int_shipment_lines__implied') }}

),

shipments as (

    select * from house
    union all by name
    select * from fba
    union all by name
    select * from elsewhere
    union all by name
    select * from implied

),

-- who follows the parcel knows of its arrival what the sender does not
followed as (

    select
        shipments.* replace (
            coalesce(shipments.delivered_at, parcels.delivered_at) as delivered_at,
            case when parcels.is_delivered then 'delivered' else shipments.delivery_status end as delivery_status,
            -- delivered on an unknown day is neither in time nor late
            shipments.is_tracked or coalesce(parcels.delivered_at is not null or not parcels.is_delivered, false)
                as is_tracked
        )
    from shipments
    left join {{ ref('int_parcels__tracked') }} as parcels
        on {{ tracking_key('shipments.tracking_number') }} = parcels.tracking_key

),

final as (

    select
        shipments.stated_by_account,
        shipments.shipment_id,
        shipments.shipment_line,
        shipments.shipment_source,
        shipments.channel_account,
        shipments.order_id,
        shipments.order_key,
        shipments.channel_sku,
        shipments.location_id,
        shipments.shipped_at,
        shipments.carrier,
        shipments.tracking_number,
        shipments.is_tracked,
        coalesce(shipments.delivered_at <= {{ as_of() }}, shipments.delivery_status = 'delivered', false)
            as is_delivered,
        case when shipments.delivered_at <= {{ as_of() }} then shipments.delivered_at end as delivered_at,
        shipments.documents_ok,
        shipments.estimated_arrival_at,
        shipments.source_file,
        shipments.source_row,
        cast(shipments.shipped_listing_qty as bigint) as shipped_listing_qty,
        coalesce(listings.listing_id, shipments.channel_sku) as listing_id,
        coalesce(listings.sku_id, shipments.channel_sku) as sku_id,
        cast(shipments.shipped_listing_qty * coalesce(listings.units_per_listing, 1) as bigint) as shipped_qty,
        cast(
            coalesce(shipments.damaged_listing_qty, 0) * coalesce(listings.units_per_listing, 1) as bigint
        ) as damaged_qty
    from
        followed as shipments
        {{ only_touched('shipments') }}
    left join listings
        on
            shipments.channel_account = listings.channel_account
            and shipments.channel_sku = listings.channel_sku
    where
        shipments.shipped_at <= {{ as_of() }}
        and shipments.shipped_listing_qty > 0

)

select * from final
