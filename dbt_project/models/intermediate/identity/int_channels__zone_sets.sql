with

nodes as (

    select * from {{ ref('int_channels__nodes') }}

),

zones as (

    select * from {{ ref('int_channels__zones') }} where is_reached

),

whole as (

    select
        channel_account,
        fulfilled_by,
        count(*) as locations_count
    from nodes
    group by all

),

-- a zone that every location serves has the numbers of all together, and needs none of its own
narrow as (

    select
        zones.channel_account,
        zones.fulfilled_by,
        zones.zone
    from zones
    inner join whole
        on
            zones.channel_account = whole.channel_account
            and zones.fulfilled_by = whole.fulfilled_by
    group by all
    having count(*) < min(whole.locations_count)

),

final as (

    select
        channel_account,
        fulfilled_by,
        '*' as zone,
        location_id
    from nodes
    union all
    select
        zones.channel_account,
        zones.fulfilled_by,
        zones.zone,
        zones.location_id
    from zones
    inner join narrow
        using (channel_account, fulfilled_by, zone)

)

select * from final
