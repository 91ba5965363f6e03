{{ config(materialized='view') }}

with

intervals as (

    select * from {{ ref('int_stock_holds__intervals') }} where from_at <= {{ as_of() }}

),

ends as (

    select
        location_id,
        sku_id,
        charged_to,
        from_at as changed_at,
        claimed_qty as delta_qty
    from intervals
    union all
    select
        location_id,
        sku_id,
        charged_to,
        to_at as changed_at,
        -claimed_qty as delta_qty
    from intervals
    where to_at <= {{ as_of() }}

),

final as (

    select
        location_id,
        sku_id,
        changed_at,
        coalesce(sum(delta_qty) filter (where charged_to = 'reserved'), 0) as held_delta,
        coalesce(sum(delta_qty) filter (where charged_to = 'unavailable'), 0) as blocked_delta,
        coalesce(sum(delta_qty) filter (where charged_to = 'outbound'), 0) as outbound_delta
    from ends
    group by all

)

select * from final
