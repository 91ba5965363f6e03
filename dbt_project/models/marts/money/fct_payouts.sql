with

lines as (

    select
        account,
        payout_id,
        any_value(money_source) as money_source,
        any_value(currency) as currency,
        sum(line_amount) filter (where is_part_of_payout) as lines_amount,
        count(*) filter (where is_part_of_payout) as lines_count,
        -sum(line_amount) filter (where not is_part_of_payout) as paid_amount,
        max(posted_on) filter (where not is_part_of_payout) as paid_on
    from {{ ref('int_money_lines__classified') }}
    where payout_id is not null
    group by account, payout_id

),

shopify as (

    select
        account,
        payout_on || '|' || currency as payout_id,
        'shopify' as money_source,
        payout_on as deposit_on,
        payout_status,
        payout_amount,
        currency
    from {{ ref('stg_shopify__payouts') }}

),

amazon as (

    select
        account,
        settlement_id as payout_id,
        'amazon' as money_source,
        max(cast(deposit_at as date)) as deposit_on,
        'settled' as payout_status,
        max(total_amount) as payout_amount,
        max(currency) as currency
    from {{ ref('stg_amazon__settlement_lines') }}
    where is_settlement and total_amount is not null
    group by account, settlement_id

),

house as (

    select
        account,
        settlement_id as payout_id,
        'house' as money_source,
        max(deposit_on) as deposit_on,
        'settled' as payout_status,
        cast(null as decimal(18, 4)) as payout_amount,
        max(currency) as currency
    from {{ ref('stg_house__settlements') }}
    group by account, settlement_id

),

stated as (

    select * from shopify
    union all
    select * from amazon
    union all
    select * from house

),

joined as (

    select
        coalesce(stated.account, lines.account) as account,
        coalesce(stated.payout_id, lines.payout_id) as payout_id,
        coalesce(stated.money_source, lines.money_source) as money_source,
        coalesce(stated.deposit_on, lines.paid_on) as deposit_on,
        coalesce(
            stated.payout_status, case when lines.paid_amount is not null then 'paid' else 'pending' end
        ) as payout_status,
        coalesce(stated.currency, lines.currency) as currency,
        coalesce(stated.payout_amount, lines.paid_amount) as payout_amount,
        coalesce(lines.lines_amount, 0) as lines_amount,
        coalesce(lines.lines_count, 0) as lines_count
    from stated
    full outer join lines
        on
            stated.account = lines.account
            and stated.payout_id = lines.payout_id

),

final as (

    select
        account,
        payout_id,
        money_source,
        deposit_on,
        payout_status,
        currency,
        cast(payout_amount as decimal(18, 4)) as payout_amount,
        cast(lines_amount as decimal(18, 4)) as lines_amount,
        lines_count,
        cast(payout_amount - lines_amount as decimal(18, 4)) as unexplained_amount,
        case
            when payout_amount is null then 'not_stated'
            when lines_count = 0 and payout_amount != 0 then 'no_lines'
            when payout_amount = lines_amount then 'explained'
            else 'unexplained'
        end as reconciliation_status
    from joined

)

select * from final
