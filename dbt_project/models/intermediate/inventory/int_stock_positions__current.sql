{%- set states = ['on_hand', 'damaged', 'quality_control', 'returned', 'expiring', 'consigned'] -%}
with

snapshots as (

    select * from {{ ref('int_stock_snapshots__stated') }}

),

events as (

    select * from {{ ref('int_stock_events__signed') }}

),

changes as (

    select
        {% for state in states %}
            sum(events.delta_qty) filter (where events.state = '{{ state }}') as {{ state }}_delta,
        {% endfor %}
        snapshots.location_id,
        snapshots.sku_id
    from snapshots
    inner join events
        on
            snapshots.location_id = events.location_id
            and snapshots.sku_id = events.sku_id
            and snapshots.snapshot_at < events.event_at
    -- a number that is already net of its own orders must not lose the same units again when they leave
    where not (snapshots.basis = 'available_net' and events.event_type = 'shipment')
    group by all

),

final as (

    select
        snapshots.location_id,
        snapshots.sku_id,
        snapshots.stock_account,
        snapshots.basis,
        snapshots.snapshot_at,
        snapshots.on_hand_qty as stated_on_hand_qty,
        {% for state in states %}
            cast(snapshots.{{ state }}_qty + coalesce(changes.{{ state }}_delta, 0) as bigint) as {{ state }}_qty,
        {% endfor %}
        snapshots.other_unavailable_qty,
        snapshots.reserved_qty
    from snapshots
    left join changes
        on
            snapshots.location_id = changes.location_id
            and snapshots.sku_id = changes.sku_id

)

select * from final
