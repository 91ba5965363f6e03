{{ config(materialized='view') }}

with

accounts as (

    select
        account as channel_account,
        coalesce(time_zone, 'UTC') as time_zone
    from {{ ref('stg_company__accounts') }}

),

shopify as (

    select
        parcels.*,
        lines.order_id,
        lines.order_key,
        lines.channel_sku,
        parcels.fulfillment_gid as shipment_id,
        parcels.fulfillment_line_gid as shipment_line,
        parcels.fulfilled_at as shipped_at
    from {{ ref('stg_shopify__bulk_fulfillment_lines') }} as parcels
    inner join {{ ref('stg_shopify__bulk_order_lines') }} as lines
        on
            parcels.channel_account = lines.channel_account
            and parcels.line_gid = lines.line_gid
    where coalesce(parcels.fulfillment_status not in ('cancelled', 'error', 'failure'), true)

),

-- the state of each unit; money back says that the unit had left before
walmart as (

    select
        states.*,
        states.listing_qty as shipped_listing_qty,
        lines.channel_sku,
        'order:' || states.order_id as shipment_id,
        concat_ws('/', states.line_number, states.line_status, states.tracking_number, states.source_row)
            as shipment_line,
        coalesce(states.shipped_at, lines.status_at, lines.ordered_at) as handed_over_at,
        case when states.line_status = 'delivered' then 'delivered' end as delivery_status,
        -- the line's instant is its newest state's: it is the arrival when every unit that left has arrived
        case
            when states.line_status = 'delivered' and bool_and(states.line_status in ('delivered', 'cancelled')) over (
                partition by states.channel_account, states.order_id, states.line_number
            ) then lines.status_at
        end as delivered_at
    from {{ ref('stg_walmart__order_line_statuses') }} as states
    inner join {{ ref('stg_walmart__order_lines') }} as lines
        on
            states.channel_account = lines.channel_account
            and states.order_id = lines.order_id
            and states.line_number = lines.line_number

),

ebay as (

    select
        ebay.*,
        'order:' || ebay.order_id as shipment_id,
        ebay.line_id as shipment_line,
        ebay.ordered_listing_qty as shipped_listing_qty,
        {{ local_midnight('shipped_on', 'time_zone') }} as shipped_at
    from {{ ref('stg_ebay__orders') }} as ebay
    inner join accounts
        using (channel_account)

),

-- rows of one tracking number are one parcel, whichever of them says when it left
tiktok as (

    select
        tiktok.* exclude (shipped_at, delivered_at),
        'order:' || order_id as shipment_id,
        cast(source_row as varchar) as shipment_line,
        ordered_listing_qty as shipped_listing_qty,
        coalesce(shipped_at, min(shipped_at) over (partition by channel_account, order_id, tracking_number))
            as shipped_at,
        coalesce(delivered_at, max(delivered_at) over (partition by channel_account, order_id, tracking_number))
            as delivered_at
    from {{ ref('stg_tiktok__orders') }} as tiktok

),

unioned as (

    select * from shopify
    union all by name
    select * replace (handed_over_at as shipped_at) from walmart where line_status in ('shipped', 'delivered', 'refund')
    union all by name
    select * from ebay
    union all by name
    select * from tiktok

),

final as (

    select
        channel_account,
        order_id,
        order_key,
        channel_sku,
        shipment_id,
        shipment_line,
        shipped_listing_qty,
        shipped_at,
        delivered_at,
        delivery_status,
        carrier,
        tracking_number,
        source_location_name,
        source_file,
        source_row
    from unioned
    where shipped_at <= {{ as_of() }} and shipped_listing_qty > 0

)

select * from final
