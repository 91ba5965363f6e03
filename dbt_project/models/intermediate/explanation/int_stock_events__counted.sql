{{ config(materialized='view') }}

with

positions as (

    select * from {{ ref('int_stock_positions__current') }}

),

events as (

    select * from {{ ref('int_stock_events__signed') }}

),

final as (

    select
        events.location_id,
        events.sku_id,
        events.event_type,
        events.event_at,
        events.state,
        events.delta_qty
    from events
    inner join positions
        on
            events.location_id = positions.location_id
            and events.sku_id = positions.sku_id
            and events.event_at > positions.snapshot_at
    -- a net number does not lose its own orders' units again when they leave
    where not (positions.basis = 'available_net' and events.event_type = 'shipment')

)

select * from final
