with

best as (

    select *
    from {{ ref('int_channels__zones') }}
    qualify priority = min(priority) over (partition by channel_account, fulfilled_by, zone)

),

final as (

    select
        channel_account,
        fulfilled_by,
        zone,
        min(location_id) as location_id
    from best
    group by all
    having count(*) = 1

)

select * from final
