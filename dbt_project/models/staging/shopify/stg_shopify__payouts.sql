with

final as (

    select
        _account as account,
        payout_on,
        lower(trim(payout_status)) as payout_status,
        payout_amount,
        upper(currency) as currency
    from {{ source('raw', 'shopify__payouts') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'payout_on', 'currency']) }}

)

select * from final
