{{ config(materialized='view') }}

with

shopify_transactions as (

    select
        *,
        row_number() over (
            partition by account, transaction_at, transaction_type, order_id order by source_row
        ) as copy_number
    from {{ ref('stg_shopify__payment_transactions') }}

),

shopify as (

    select
        'shopify' as money_source,
        payments.account,
        payments.account as channel_account,
        concat_ws('|', payments.transaction_at, payments.transaction_type, payments.order_id, payments.copy_number)
        || '.' || parts.part as line_id,
        case when payments.payout_on is not null then payments.payout_on || '|' || payments.currency end as payout_id,
        payments.order_id,
        payments.transaction_at as posted_at,
        case parts.part when 'fee' then 'fee' else payments.transaction_type end as money_word,
        case parts.part when 'fee' then -payments.fee_amount else payments.gross_amount end as line_amount,
        payments.currency,
        parts.part = 'fee' as is_fee
    from shopify_transactions as payments
    cross join (values ('gross'), ('fee')) as parts (part)

),

stripe as (

    select
        'stripe' as money_source,
        balance.account,
        balance.account as channel_account,
        balance.balance_transaction_id || '.' || parts.part as line_id,
        case when balance.transaction_type = 'payout' then balance.source_id else balance.payout_id end as payout_id,
        balance.order_id,
        balance.created_at as posted_at,
        balance.transaction_type as money_word,
        case parts.part when 'fee' then -balance.fee_amount else balance.gross_amount end as line_amount,
        balance.currency,
        parts.part = 'fee' as is_fee
    from {{ ref('stg_stripe__balance_transactions') }} as balance
    cross join (values ('gross'), ('fee')) as parts (part)

),

settlement_heads as (

    select
        account,
        settlement_id,
        max(currency) as currency,
        max(deposit_at) as deposit_at
    from {{ ref('stg_amazon__settlement_lines') }}
    where is_settlement
    group by account, settlement_id

),

amazon as (

    select
        'amazon' as money_source,
        lines.account,
        lines.account as channel_account,
        lines.settlement_id || '.' || lines.line_id as line_id,
        lines.settlement_id as payout_id,
        lines.order_id,
        lines.channel_sku,
        coalesce(lines.posted_at, heads.deposit_at) as posted_at,
        lower(trim(coalesce(lines.amount_description, lines.amount_type))) as money_word,
        lower(lines.transaction_type || '/' || lines.amount_type) as transaction_type,
        lines.line_amount,
        coalesce(heads.currency, lines.currency, accounts.currency) as currency,
        lower(lines.amount_type) in ('itemfees', 'shipment fee', 'order fee', 'other fee', 'misc fee')
        or lower(lines.transaction_type) = 'servicefee' as is_fee
    from {{ ref('stg_amazon__settlement_lines') }} as lines
    left join settlement_heads as heads
        on
            lines.account = heads.account
            and lines.settlement_id = heads.settlement_id
    left join {{ ref('stg_company__accounts') }} as accounts
        on lines.account = accounts.account
    where not lines.is_settlement

),

house as (

    select
        'house' as money_source,
        account,
        channel_account,
        settlement_id || '.' || settlement_line as line_id,
        settlement_id as payout_id,
        order_id,
        channel_sku,
        posted_at,
        amount_type as money_word,
        settled_amount as line_amount,
        currency,
        false as is_fee
    from {{ ref('stg_house__settlements') }}

),

unioned as (

    select * from shopify
    union all by name
    select * from stripe
    union all by name
    select * from amazon
    union all by name
    select * from house

),

final as (

    select * from unioned where line_amount != 0

)

select * from final
