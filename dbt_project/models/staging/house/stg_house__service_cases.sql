with

final as (

    select
        _account as account,
        trim(case_id) as case_id,
        trim(channel_account) as channel_account,
        nullif(trim(order_id), '') as order_id,
        nullif(trim(sku), '') as channel_sku,
        lower(trim(reason)) as reason,
        opened_at,
        case when closed_at <= {{ as_of() }} then closed_at end as closed_at,
        lower(trim(resolution)) as resolution,
        cost_amount,
        upper(currency) as currency
    from {{ source('raw', 'house__service_cases') }}
    where {{ known_by_as_of() }} and opened_at <= {{ as_of() }}
    {{ newest_statement(['_account', 'case_id'], updated_at='updated_at') }}

)

select * from final
