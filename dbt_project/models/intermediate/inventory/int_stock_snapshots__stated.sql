with

snapshots as (

    select * from {{ ref('int_stock_snapshots__historic') }}

),

final as (

    select * exclude (stated_on, stated_at)
    from snapshots
    qualify row_number() over (partition by location_id, sku_id order by snapshot_at desc, stated_at desc) = 1

)

select * from final
