{{ config(materialized='view') }}

with

orders as (

    select * from {{ ref('int_orders__promised') }}

),

lines as (

    select * from {{ ref('int_order_lines__fulfilled') }} where is_in_scope

),

shipment_lines as (

    select * from {{ ref('int_shipment_lines__unioned') }}

),

order_shipments as (

    select
        orders.channel_account,
        orders.order_id,
        shipment_lines.channel_sku,
        shipment_lines.shipped_qty,
        shipment_lines.damaged_qty,
        shipment_lines.is_tracked,
        shipment_lines.is_delivered,
        -- a status read off the order says nothing about papers; a parcel without number or statement fails
        case
            when shipment_lines.shipment_source = 'implied' then null
            else coalesce(shipment_lines.documents_ok, shipment_lines.tracking_number is not null)
        end as is_documented,
        shipment_lines.is_tracked
        and coalesce(shipment_lines.delivered_at < orders.commit_ends_at, false) as is_delivered_by_commit,
        not shipment_lines.is_tracked
        and shipment_lines.shipped_at < orders.commit_ends_at as may_be_delivered_by_commit
    from orders
    inner join shipment_lines
        on
            orders.channel_account = shipment_lines.channel_account
            and orders.order_key = shipment_lines.order_key

),

arrivals as (

    select
        channel_account,
        order_id,
        channel_sku,
        sum(shipped_qty) filter (where is_delivered_by_commit) as delivered_by_commit_qty,
        sum(shipped_qty) filter (where may_be_delivered_by_commit) as maybe_by_commit_qty
    from order_shipments
    group by all

),

punctuality as (

    select
        lines.channel_account,
        lines.order_id,
        bool_and(coalesce(arrivals.delivered_by_commit_qty, 0) >= lines.demanded_qty) as is_all_by_commit,
        bool_and(
            coalesce(arrivals.delivered_by_commit_qty, 0) + coalesce(arrivals.maybe_by_commit_qty, 0)
            >= lines.demanded_qty
        ) as is_maybe_by_commit
    from lines
    left join arrivals
        on
            lines.channel_account = arrivals.channel_account
            and lines.order_id = arrivals.order_id
            and lines.channel_sku = arrivals.channel_sku
    group by all

),

parcels as (

    select
        channel_account,
        order_id,
        bool_or(damaged_qty > 0) as has_damage,
        bool_and(is_tracked and is_delivered) as is_all_delivered,
        bool_or(not is_documented) as has_missing_documents,
        bool_or(is_documented is null) as has_unknown_documents
    from order_shipments
    group by all

),

final as (

    select
        punctuality.channel_account,
        punctuality.order_id,
        punctuality.is_all_by_commit,
        punctuality.is_maybe_by_commit,
        parcels.has_damage,
        parcels.is_all_delivered,
        parcels.has_missing_documents,
        parcels.has_unknown_documents
    from punctuality
    left join parcels
        on
            punctuality.channel_account = parcels.channel_account
            and punctuality.order_id = parcels.order_id

)

select * from final
