{%- set head = [
    'settlement_id', 'transaction_type', 'order_id', 'sku', 'total_amount', 'currency', 'deposit_at', '_account',
    '_exported_at', '_file_sha256', '_source_row',
] -%}
with

long_lines as (

    select
        {% for column in head %}
            {{ column }},
        {% endfor %}
        amount_type,
        amount_description,
        line_amount,
        coalesce(posted_at, cast(posted_on as timestamp)) as posted_at,
        1 as part_number
    from {{ source('raw', 'amazon__settlements') }}
    where {{ known_by_as_of() }}

),

-- the older layout has a column per kind of amount
wide_lines as (

    select
        {% for column in head %}
            wide.{{ column }},
        {% endfor %}
        parts.amount_type,
        case parts.amount_type
            when 'ItemPrice' then wide.price_type
            when 'ItemFees' then wide.item_related_fee_type
            when 'shipment fee' then wide.shipment_fee_type
            when 'order fee' then wide.order_fee_type
            when 'other fee' then wide.other_fee_reason_description
            when 'Promotion' then wide.promotion_type
            when 'direct payment' then wide.direct_payment_type
        end as amount_description,
        case parts.amount_type
            when 'ItemPrice' then wide.price_amount
            when 'ItemFees' then wide.item_related_fee_amount
            when 'shipment fee' then wide.shipment_fee_amount
            when 'order fee' then wide.order_fee_amount
            when 'other fee' then wide.other_fee_amount
            when 'misc fee' then wide.misc_fee_amount
            when 'Promotion' then wide.promotion_amount
            when 'direct payment' then wide.direct_payment_amount
            when 'other-transaction' then wide.other_amount
        end as line_amount,
        wide.posted_at,
        parts.part_number
    from {{ source('raw', 'amazon__settlements_wide') }} as wide
    cross join (
        values
        ('ItemPrice', 1), ('ItemFees', 2), ('shipment fee', 3), ('order fee', 4), ('other fee', 5), ('misc fee', 6),
        ('Promotion', 7), ('direct payment', 8), ('other-transaction', 9)
    ) as parts (amount_type, part_number)
    where {{ known_by_as_of() }}

),

lines as (

    select * from long_lines
    union all
    select * from wide_lines

),

final as (

    select
        _account as account,
        settlement_id,
        nullif(trim(transaction_type), '') as transaction_type,
        nullif(trim(order_id), '') as order_id,
        nullif(trim(sku), '') as channel_sku,
        total_amount,
        upper(currency) as currency,
        deposit_at,
        amount_type,
        amount_description,
        line_amount,
        posted_at,
        _source_row || '.' || part_number as line_id,
        nullif(trim(transaction_type), '') is null as is_settlement
    from lines
    where nullif(trim(transaction_type), '') is null or line_amount is not null
    -- all rows of the newest report of the settlement, in whichever layout
    qualify _file_sha256 = first_value(_file_sha256) over (
        partition by _account, settlement_id order by _exported_at desc, _file_sha256 desc
    )

)

select * from final
