with

judged as (

    select * from {{ ref('int_shipment_confirmations__judged') }}

),

-- who tells an account; what nobody tells is a finding all the same
destinations as (

    select
        account as channel_account,
        min(destination) as destination
    from {{ ref('stg_company__destinations') }}
    where kind in ('shopify_fulfillment_api', 'amazon_shipment_api', 'woocommerce_order_api')
    group by all

),

final as (

    select
        judged.channel_account,
        concat_ws('/', judged.order_id, judged.parcel_id, judged.channel_sku) as confirmation_id,
        judged.order_id,
        judged.channel_order_id,
        judged.channel_line_id,
        judged.channel_sku,
        judged.sku_id,
        judged.stated_by_account,
        judged.shipment_source,
        judged.shipment_id,
        judged.tracking_number,
        judged.carrier,
        judged.carrier_code,
        judged.shipped_at,
        judged.shipped_listing_qty,
        cast(judged.ordered_listing_qty as bigint) as ordered_listing_qty,
        cast(judged.cancelled_listing_qty as bigint) as cancelled_listing_qty,
        judged.line_known_listing_qty as known_listing_qty,
        judged.elsewhere_listing_qty,
        judged.line_tracking_keys,
        cast(judged.refunds_count as bigint) as refunds_count,
        cast(judged.order_due_listing_qty as bigint) as order_due_listing_qty,
        judged.status,
        destinations.destination,
        {{ as_of() }} as as_of_at
    from judged
    left join destinations
        on judged.channel_account = destinations.channel_account

)

select * from final
