with source as (
    select * from {{ source('company', 'destinations') }}
),

final as (
    select
        destination,
        kind,
        account,
        location_name,
        seller_id,
        marketplace
    from source
)

select * from final
