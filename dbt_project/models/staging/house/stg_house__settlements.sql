with

final as (

    select
        _account as account,
        trim(settlement_id) as settlement_id,
        trim(settlement_line) as settlement_line,
        trim(channel_account) as channel_account,
        nullif(trim(order_id), '') as order_id,
        nullif(trim(sku), '') as channel_sku,
        posted_at,
        lower(amount_type) as amount_type,
        settled_amount,
        upper(currency) as currency,
        deposit_on
    from {{ source('raw', 'house__settlements') }}
    where {{ known_by_as_of() }} and posted_at <= {{ as_of() }}
    {{ newest_statement(['_account', 'settlement_id', 'settlement_line']) }}

)

select * from final
