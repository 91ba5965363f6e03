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
        -shipment_lines.shipped_qty as on_hand_delta,
        0 as damaged_delta,
        0 as quality_control_delta,
        0 as returned_delta,
        0 as expiring_delta,
        0 as consigned_delta
    from {{ ref('int_shipment_lines__unioned') }} as shipment_lines
    inner join first_snapshot
        on shipment_lines.shipped_at > first_snapshot.snapshot_at
    where shipment_lines.shipment_source = 'house'

),

receipts as (

    select 'receipt', location_id, sku_id, received_at, received_qty, coalesce(damaged_qty, 0), 0, 0, 0, 0
    from {{ ref('stg_house__receipts') }}

),

return_lines as (

    select * from {{ ref('int_return_lines__unioned') }}

),

-- a return waits ungraded on the shelf, then becomes what the grading says
returns_received as (

    select 'return_received', location_id, sku_id, received_at, returned_qty, 0, 0, returned_qty, 0, 0
    from return_lines
    where return_source = 'house' and received_at is not null

),

returns_graded as (

    select
        'return_graded',
        location_id,
        sku_id,
        graded_at,
        case when disposition = 'scrap' then -returned_qty else 0 end,
        case when disposition = 'damaged' then returned_qty else 0 end,
        case when disposition = 'quality_control' then returned_qty else 0 end,
        -returned_qty,
        0,
        0
    from return_lines
    where return_source = 'house' and graded_at is not null and received_at is not null

),

fba_returns as (

    select 'fba_return', location_id, sku_id, received_at, returned_qty, 0, 0, 0, 0, 0
    from return_lines
    where return_source = 'fba' and disposition = 'sellable'

),

movements as (

    select
        'movement',
        location_id,
        sku_id,
        occurred_at,
        case when state = 'on_hand' then moved_qty else 0 end,
        case when state = 'damaged' then moved_qty else 0 end,
        case when state = 'quality_control' then moved_qty else 0 end,
        case when state = 'returned' then moved_qty else 0 end,
        case when state = 'expiring' then moved_qty else 0 end,
        case when state = 'consigned' then moved_qty else 0 end
    from {{ ref('stg_house__stock_movements') }}

),

events as (

    select * from shipments
    union all
    select * from receipts
    union all
    select * from returns_received
    union all
    select * from returns_graded
    union all
    select * from fba_returns
    union all
    select * from movements

),

final as (

    select
        events.event_type,
        events.location_id,
        coalesce(kits.base_sku_id, events.sku_id) as sku_id,
        events.event_at,
        {% for state in ['on_hand', 'damaged', 'quality_control', 'returned', 'expiring', 'consigned'] -%}
        cast(events.{{ state }}_delta * coalesce(kits.base_qty, 1) as bigint) as {{ state }}_delta{{ ',' if not loop.last }}
        {% endfor %}
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
