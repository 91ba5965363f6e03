with

kits as (

    select * from {{ ref('int_kits__placed') }}

),

locations as (

    select * from {{ ref('int_locations__known') }}

),

settings as (

    select * from {{ ref('stg_company__settings') }}

),

shipments as (

    select
        'shipment' as event_class,
        location_id,
        sku_id,
        shipped_at as event_at,
        'on_hand' as state,
        -shipped_qty as delta_qty
    from {{ ref('int_shipment_lines__unioned') }}
    -- a channel's own parcels are off its number already, and an order's status names no shelf
    where shipment_source not in ('fba', 'implied')

),

receipts as (

    select
        'receipt' as event_class,
        receipts.location_id,
        receipts.sku_id,
        receipts.received_at as event_at,
        states.state,
        case states.state when 'on_hand' then receipts.received_qty else receipts.damaged_qty end as delta_qty
    from {{ ref('int_receipts__unioned') }} as receipts
    cross join (values ('on_hand'), ('damaged')) as states (state)

),

returns as (

    select
        'return' as event_class,
        location_id,
        sku_id,
        event_at,
        state,
        delta_qty
    from {{ ref('int_return_events__signed') }}

),

movements as (

    select
        case
            when movement_type in ('transfer_in', 'transfer_out') then 'transfer'
            when movement_type in ('assembly_in', 'assembly_out') then 'assembly'
            when movement_type = 'count' then 'count'
            else 'adjustment'
        end as event_class,
        location_id,
        sku_id,
        occurred_at as event_at,
        state,
        moved_qty as delta_qty
    from {{ ref('int_stock_movements__unioned') }}

),

-- a number that is net of its own orders falls when they are accepted, not when they leave
net_orders as (

    select
        'order' as event_class,
        location_id,
        sku_id,
        ordered_at as event_at,
        'net_orders' as state,
        -accepted_qty as delta_qty
    from {{ ref('int_net_orders__placed') }}

),

events as (

    select * from shipments
    union all
    select * from receipts
    union all
    select * from returns
    union all
    select * from movements
    union all
    select * from net_orders

),

final as (

    select
        events.event_class,
        events.location_id,
        coalesce(kits.base_sku_id, events.sku_id) as sku_id,
        events.event_at,
        {{ local_date('events.event_at', 'coalesce(locations.time_zone, settings.time_zone)') }} as event_on,
        events.state,
        cast(events.delta_qty * coalesce(kits.base_qty, 1) as bigint) as delta_qty
    from events
    cross join settings
    inner join locations
        on events.location_id = locations.location_id
    -- only what orders name can be a kit to unpack; stock feeds already speak of what is on the shelf
    left join kits
        on
            events.location_id = kits.location_id
            and events.sku_id = kits.kit_sku_id
            and events.event_class in ('shipment', 'return', 'order')
    where events.event_at <= {{ as_of() }} and events.delta_qty != 0

)

select * from final
