{{ config(materialized='view') }}

with

return_lines as (

    select * from {{ ref('int_return_lines__unioned') }} where received_at is not null

),

-- a return waits ungraded on the shelf, then becomes what the grading says
returns_received as (

    select
        'return_received' as event_type,
        return_lines.location_id,
        return_lines.sku_id,
        return_lines.received_at as event_at,
        states.state,
        return_lines.returned_qty as delta_qty
    from return_lines
    cross join (values ('on_hand'), ('returned')) as states (state)
    where return_lines.return_source = 'house'

),

returns_graded as (

    select
        'return_graded' as event_type,
        return_lines.location_id,
        return_lines.sku_id,
        return_lines.graded_at as event_at,
        case
            when outcomes.is_waiting_over then 'returned'
            when return_lines.disposition = 'scrap' then 'on_hand'
            else return_lines.disposition
        end as state,
        case
            when outcomes.is_waiting_over or return_lines.disposition = 'scrap' then -return_lines.returned_qty
            else return_lines.returned_qty
        end as delta_qty
    from return_lines
    cross join (values (true), (false)) as outcomes (is_waiting_over)
    where
        return_lines.return_source = 'house'
        and (outcomes.is_waiting_over or return_lines.disposition in ('damaged', 'quality_control', 'scrap'))

),

fba_returns as (

    select
        'fba_return' as event_type,
        location_id,
        sku_id,
        received_at as event_at,
        'on_hand' as state,
        returned_qty as delta_qty
    from return_lines
    where return_source = 'fba' and disposition = 'sellable'

),

final as (

    select * from returns_received
    union all
    select * from returns_graded
    union all
    select * from fba_returns

)

select * from final
