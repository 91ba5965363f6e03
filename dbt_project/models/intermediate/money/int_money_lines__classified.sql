with

lines as (

    select * from {{ ref('int_money_lines__unioned') }}

),

words as (

    select * from {{ ref('ref_money_words') }}

),

accounts as (

    select * from {{ ref('int_accounts__known') }}

),

settings as (

    select * from {{ ref('stg_company__settings') }}

),

dated as (

    select
        lines.*,
        {{ local_date('lines.posted_at', "coalesce(accounts.time_zone, settings.time_zone)") }} as posted_on,
        settings.base_currency
    from lines
    cross join settings
    left join accounts
        on lines.account = accounts.account

),

asked as (

    select distinct
        currency,
        posted_on
    from dated

),

rates as (

    select
        asked.currency,
        asked.posted_on,
        in_force.company_rate
    from asked
    inner join {{ ref('int_exchange_rates__in_force') }} as in_force
        on
            asked.currency = in_force.currency
            and asked.posted_on >= in_force.valid_from_on
            and (in_force.valid_until_on is null or asked.posted_on < in_force.valid_until_on)

),

typed as (

    select
        dated.*,
        case
            when words.line_type is not null then words.line_type
            when dated.is_fee then 'fee'
            when dated.transaction_type like 'transfer/%' then 'transfer'
            when dated.transaction_type like '%refund%/%' or dated.transaction_type like '%chargeback%/%' then 'refund'
            when dated.transaction_type like 'order/%' then 'sale'
            else 'adjustment'
        end as line_type,
        coalesce(
            words.line_class,
            case
                when dated.transaction_type like '%/promotion' then 'discount'
                when dated.is_fee and dated.money_source in ('shopify', 'stripe') then 'payment'
            end,
            'other'
        ) as line_class,
        case
            when dated.currency = dated.base_currency then 1.0
            else rates.company_rate
        end as company_rate
    from dated
    left join words
        on
            dated.money_source = words.system
            and dated.money_word = words.money_word
            and not (dated.is_fee and coalesce(words.line_type, '') not in ('', 'fee'))
    left join rates
        on
            dated.currency = rates.currency
            and dated.posted_on = rates.posted_on

),

final as (

    select
        account,
        line_id,
        money_source,
        channel_account,
        payout_id,
        order_id,
        {{ order_key('order_id') }} as order_key,
        channel_sku,
        posted_at,
        posted_on,
        line_type,
        line_class,
        money_word,
        cast(line_amount as decimal(18, 4)) as line_amount,
        currency,
        company_rate,
        cast(round(line_amount * company_rate, 4) as decimal(18, 4)) as company_amount,
        base_currency as company_currency,
        -- what leaves the balance for the bank is the payout itself and none of its parts
        line_type != 'transfer' or money_source not in ('shopify', 'stripe') as is_part_of_payout
    from typed

)

select * from final
