with

final as (

    select distinct
        trim(channel_account) as channel_account,
        trim(location_id) as location_id
    from {{ source('raw', 'house__shipments') }}
    where {{ known_by_as_of() }}

)

select * from final
