with

final as (

    select
        rate_on,
        upper(trim(from_currency)) as from_currency,
        upper(trim(to_currency)) as to_currency,
        rate,
        coalesce(from_units, 1) as from_units
    from {{ source('raw', 'house__exchange_rates') }}
    where {{ known_by_as_of() }} and rate > 0 and coalesce(from_units, 1) > 0
    {{ newest_statement(['rate_on', 'from_currency', 'to_currency']) }}

)

select * from final
