-- Units in = units out: what the events after each snapshot add up to is what the position moved by.
with

positions as (

    select * from {{ ref('int_stock_positions__current') }}

),

moved as (

    select
        positions.location_id,
        positions.sku_id,
        sum(events.delta_qty) as moved_qty
    from positions
    inner join {{ ref('int_stock_events__signed') }} as events
        on
            positions.location_id = events.location_id
            and positions.sku_id = events.sku_id
            and positions.snapshot_at < events.event_at
    where events.state = 'on_hand' and (positions.basis = 'on_hand' or events.event_type != 'shipment')
    group by all

)

select
    positions.location_id,
    positions.sku_id,
    positions.stated_on_hand_qty,
    positions.on_hand_qty,
    moved.moved_qty
from positions
left join moved
    on
        positions.location_id = moved.location_id
        and positions.sku_id = moved.sku_id
where positions.on_hand_qty != positions.stated_on_hand_qty + coalesce(moved.moved_qty, 0)
