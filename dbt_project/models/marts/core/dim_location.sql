with

final as (

    select
        location_id,
        location_name,
        location_type,
        country,
        time_zone,
        is_active,
        is_pickup_only,
        is_channel_location,
        purchasing_location_id,
        stock_account
    from {{ ref('int_locations__known') }}

)

select * from final
