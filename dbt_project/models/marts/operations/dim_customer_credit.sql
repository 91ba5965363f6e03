with final as (
    select
        customer_key,
        stated_at,
        cast(credit_limit_amount as decimal(18, 4)) as credit_limit_amount,
        cast(balance_amount as decimal(18, 4)) as balance_amount,
        cast(credit_limit_amount - balance_amount as decimal(18, 4)) as available_credit_amount,
        currency,
        is_on_hold,
        coalesce(balance_amount > credit_limit_amount, false) as is_over_limit
    from {{ ref('stg_house__customer_credit') }}
)

select * from final
