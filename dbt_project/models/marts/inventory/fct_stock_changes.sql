with

events as (

    select * from {{ ref('int_stock_events__counted') }}

),

final as (

    select
        location_id,
        sku_id,
        event_type,
        state,
        cast(count(*) as bigint) as events_count,
        cast(sum(delta_qty) as bigint) as delta_qty
    from events
    group by all

)

select * from final
