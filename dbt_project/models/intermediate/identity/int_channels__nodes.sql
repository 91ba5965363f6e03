with

zones as (

    select * from {{ ref('int_channels__zones') }}

),

-- one number is shown for all zones together, so it counts every location from which some customer can be served
final as (

    select
        channel_account,
        fulfilled_by,
        location_id,
        min(priority) as priority
    from zones
    where is_reached or fulfilled_by = 'channel'
    group by all

)

select * from final
