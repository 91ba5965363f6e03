{{ config(materialized='view') }}

with

-- what a channel says itself it need not be told
shipments as (

    select
        *,
        {{ tracking_key('tracking_number') }} as tracking_key
    from {{ ref('int_shipment_lines__unioned') }}
    where shipment_source in ('house', 'x12', 'shipbob', 'shipstation')

),

named as (

    select
        *,
        case
            when channel_account is null then concat_ws(':', stated_by_account, shipment_id)
            else coalesce(tracking_key, concat_ws(':', stated_by_account, shipment_id))
        end as parcel_id
    from shipments

),

-- two boxes of one SKU under one tracking number are one line of one parcel
final as (

    select
        channel_account,
        order_key,
        channel_sku,
        parcel_id,
        tracking_key,
        min(order_id) as order_id,
        min(sku_id) as sku_id,
        min(stated_by_account) as stated_by_account,
        min(shipment_source) as shipment_source,
        min(shipment_id) as shipment_id,
        min(tracking_number) as tracking_number,
        min(carrier) as carrier,
        min(shipped_at) as shipped_at,
        cast(sum(shipped_listing_qty) as bigint) as shipped_listing_qty
    from named
    group by all

)

select * from final
