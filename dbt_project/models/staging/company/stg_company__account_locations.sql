with source as (
    select * from {{ source('company', 'account_locations') }}
),

final as (
    select
        account,
        source_location_name,
        location_id
    from source
)

select * from final
