with

snapshots as (

    select * from {{ ref('int_stock_snapshots__stated') }}

),

-- older events are in every snapshot already
first_snapshot as (

    select min(snapshot_at) as snapshot_at from snapshots

),

kits as (

    select * from {{ ref('int_kits__placed') }}

),

shipments as (

    select
        'shipment' as event_type,
        shipment_lines.location_id,
        shipment_lines.sku_id,
        shipment_lines.shipped_at as event_at,
        'on_hand' as state,
        -shipment_lines.shipped_qty as delta_qty
    from {{ ref('int_shipment_lines__unioned') }} as shipment_lines
    inner join first_snapshot
        on shipment_lines.shipped_at > first_snapshot.snapshot_at
    -- a channel's own parcels are off its number already, and an order's status names no shelf
    where shipment_lines.shipment_source not in ('fba', 'implied')

),

returns as (

    select * from {{ ref('int_return_events__signed') }}

),

receipts as (

    select
        'receipt' as event_type,
        receipts.location_id,
        receipts.sku_id,
        receipts.received_at as event_at,
        states.state,
        case states.state when 'on_hand' then receipts.received_qty else receipts.damaged_qty end as delta_qty
    from {{ ref('int_receipts__unioned') }} as receipts
    cross join (values ('on_hand'), ('damaged')) as states (state)

),

movements as (

    select
        event_type,
        location_id,
        sku_id,
        occurred_at as event_at,
        state,
        moved_qty as delta_qty
    from {{ ref('int_stock_movements__unioned') }}

),

events as (

    select * from shipments
    union all
    select * from receipts
    union all
    select * from returns
    union all
    select * from movements

),

final as (

    select
        events.event_type,
        events.location_id,
        coalesce(kits.base_sku_id, events.sku_id) as sku_id,
        events.event_at,
        events.state,
        cast(events.delta_qty * coalesce(kits.base_qty, 1) as bigint) as delta_qty
    from events
    inner join first_snapshot
        on events.event_at > first_snapshot.snapshot_at
    -- only what orders name can be a kit to unpack; stock feeds already speak of what is on the shelf
    left join kits
        on
            events.location_id = kits.location_id
            and events.sku_id = kits.kit_sku_id
            and events.event_type in ('shipment', 'return_received', 'return_graded')
    where events.event_at <= {{ as_of() }}

)

select * from final
