with

final as (

    select
        _account as account,
        trim(location_id) as location_id,
        location_name,
        lower(trim(location_type)) as location_type,
        country,
        time_zone,
        nullif(trim(stock_account), '') as stock_account,
        coalesce(is_active, true) as is_active,
        coalesce(is_pickup_only, false) as is_pickup_only,
        nullif(trim(replenished_from_location_id), '') as replenished_from_location_id,
        _exported_at as stated_at
    from {{ source('raw', 'house__locations') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['location_id']) }}

)

select * from final
