with final as (
    select
        account,
        line_id,
        money_source,
        channel_account,
        payout_id,
        order_id,
        order_key,
        channel_sku,
        posted_at,
        posted_on,
        line_type,
        line_class,
        money_word,
        line_amount,
        currency,
        company_rate,
        company_amount,
        company_currency,
        is_part_of_payout
    from {{ ref('int_money_lines__classified') }}
)

select * from final
