{%- set types = ['sale', 'refund', 'fee', 'reserve', 'adjustment', 'transfer'] -%}
with

payouts as (

    select * from {{ ref('fct_payouts') }}

),

sums as (

    select
        {% for type in types %}
            sum(line_amount) filter (where line_type = '{{ type }}') as {{ type }}_amount,
        {% endfor %}
        account,
        payout_id,
        sum(company_amount) as company_amount,
        count(*) filter (where company_rate is null) as lines_without_rate_count,
        max(company_currency) as company_currency
    from {{ ref('fct_settlement_lines') }}
    where is_part_of_payout and payout_id is not null
    group by account, payout_id

),

final as (

    select
        payouts.account,
        payouts.payout_id,
        payouts.money_source,
        payouts.deposit_on,
        payouts.payout_status,
        payouts.currency,
        {% for type in types %}
            cast(coalesce(sums.{{ type }}_amount, 0) as decimal(18, 4)) as {{ type }}_amount,
        {% endfor %}
        payouts.lines_amount,
        payouts.payout_amount,
        payouts.unexplained_amount,
        payouts.reconciliation_status,
        payouts.lines_count,
        coalesce(sums.lines_without_rate_count, 0) as lines_without_rate_count,
        cast(sums.company_amount as decimal(18, 4)) as company_amount,
        sums.company_currency
    from payouts
    left join sums
        on
            payouts.account = sums.account
            and payouts.payout_id = sums.payout_id

)

select * from final
