with

final as (

    select distinct _account as channel_account
    from {{ source('raw', 'amazon__fba_shipments') }}
    where {{ known_by_as_of() }}

)

select * from final
