with source as (
    select * from {{ source('company', 'account_cadences') }}
),

final as (
    select
        account,
        entity,
        cadence_hours
    from source
)

select * from final
