{%- set columns = [
    'source_id', 'gross_amount', 'fee_amount', 'currency', 'created_at', 'payout_id', 'payout_at', 'order_id',
] -%}
with

histories as (

    select
        _account as account,
        balance_transaction_id,
        lower(trim(transaction_type)) as transaction_type,
        source_id,
        gross_amount,
        fee_amount,
        upper(currency) as currency,
        created_at,
        nullif(trim(transfer_id), '') as payout_id,
        transferred_at as payout_at,
        nullif(trim(order_reference), '') as order_id,
        _exported_at as stated_at
    from {{ source('raw', 'stripe__balance_transactions') }}
    where {{ known_by_as_of() }} and created_at <= {{ as_of() }}

),

activities as (

    select
        _account as account,
        balance_transaction_id,
        lower(trim(reporting_category)) as transaction_type,
        source_id,
        gross_amount,
        fee_amount,
        upper(currency) as currency,
        created_at,
        nullif(trim(automatic_payout_id), '') as payout_id,
        automatic_payout_at as payout_at,
        nullif(trim(order_reference), '') as order_id,
        _exported_at as stated_at
    from {{ source('raw', 'stripe__balance_activity') }}
    where {{ known_by_as_of() }} and created_at <= {{ as_of() }}

),

statements as (

    select * from histories
    union all
    select * from activities

),

-- both reports speak of one movement; the newest filled cell of either stands
final as (

    select
        account,
        balance_transaction_id,
        {% for column in columns %}
            max_by({{ column }}, stated_at) filter (where {{ column }} is not null) as {{ column }},
        {% endfor %}
        max_by(transaction_type, stated_at) as transaction_type
    from statements
    group by account, balance_transaction_id

)

select * from final
