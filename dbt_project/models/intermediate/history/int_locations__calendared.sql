with

settings as (

    select * from {{ ref('stg_company__settings') }}

),

locations as (

    select * from {{ ref('int_locations__known') }}

),

policies as (

    {{ resolved_policy('locations', ref('stg_policy__history'), [['location_id', 'location_id']]) }}

),

final as (

    select
        locations.location_id,
        coalesce(locations.time_zone, settings.time_zone) as time_zone,
        {{ local_date(as_of(), 'coalesce(locations.time_zone, settings.time_zone)') }} as last_on,
        {{ local_date(as_of(), 'coalesce(locations.time_zone, settings.time_zone)') }}
        - cast(policies.history_days - 1 as integer) as first_on,
        policies.history_days
    from locations
    cross join settings
    inner join policies
        on locations.location_id = policies.asked_location_id

)

select * from final
