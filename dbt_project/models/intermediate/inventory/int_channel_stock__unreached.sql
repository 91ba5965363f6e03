{{ config(materialized='view') }}

with

-- an account may sell from there, but to no zone that it ships to
places as (

    select
        channel_account,
        fulfilled_by,
        location_id
    from {{ ref('int_channels__zones') }}
    where fulfilled_by = 'merchant'
    group by all
    having not bool_or(is_reached)

),

final as (

    select
        places.channel_account,
        places.fulfilled_by,
        stock.sku_id,
        cast(sum(stock.ats_qty) as bigint) as unreached_ats_qty
    from places
    inner join {{ ref('int_stock__available_to_sell') }} as stock
        on places.location_id = stock.location_id
    where stock.ats_qty > 0
    group by all

)

select * from final
