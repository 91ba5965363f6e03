{%- set states = ['on_hand', 'damaged', 'quality_control', 'returned', 'expiring', 'consigned', 'net_orders'] -%}
{%- set classes = ['receipt', 'shipment', 'return', 'adjustment', 'count', 'transfer', 'assembly', 'order'] -%}
with

snapshots as (

    select * from {{ ref('int_stock_snapshots__historic') }}

),

stated_keys as (

    select
        location_id,
        sku_id,
        arg_max(basis, snapshot_at) as basis
    from snapshots
    group by all

),

events as (

    select events.*
    from {{ ref('int_stock_events__historic') }} as events
    inner join stated_keys
        on
            events.location_id = stated_keys.location_id
            and events.sku_id = stated_keys.sku_id
    -- a number that is already net of its own orders must not lose the same units again when they leave
    where not (stated_keys.basis = 'available_net' and events.event_class = 'shipment')

),

moved as (

    select
        location_id,
        sku_id,
        event_at as moved_at,
        event_on as stock_on,
        false as is_statement,
        {% for state in states %}
            coalesce(sum(delta_qty) filter (where state = '{{ state }}'), 0) as {{ state }}_delta,
        {% endfor %}
    {% for class in classes %}
        coalesce(sum(delta_qty) filter (
            where event_class = '{{ class }}' and state in ('on_hand', 'net_orders')
            ), 0) as {{ class }}_delta{{ ',' if not loop.last }}
    {% endfor %}
    from events
    group by all

),

stated as (

    select
        location_id,
        sku_id,
        snapshot_at as moved_at,
        stated_on as stock_on,
        true as is_statement,
        basis,
        {% for state in states if state != 'net_orders' %}
            {{ state }}_qty as {{ state }}_stated,
        {% endfor %}
        0 as net_orders_stated,
        other_unavailable_qty,
        reserved_qty
    from snapshots

),

timeline as (

    select * from moved
    union all by name
    select * from stated

),

final as (

    select
        *,
    {% for state in states %}
        cast(coalesce(sum({{ state }}_delta) over so_far, 0) as bigint) as {{ state }}_moved
        {{- ',' if not loop.last }}
    {% endfor %}
    from timeline
    -- an event at the very instant of a statement is in it
    window so_far as (
        partition by location_id, sku_id
        order by moved_at, is_statement
        rows between unbounded preceding and current row
    )

)

select * from final
