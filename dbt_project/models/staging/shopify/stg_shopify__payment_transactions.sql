with

final as (

    select
        _account as account,
        transaction_at,
        lower(trim(transaction_type)) as transaction_type,
        nullif(trim(order_name), '') as order_id,
        nullif(trim(payout_id), '') as payout_id,
        payout_on,
        gross_amount,
        fee_amount,
        upper(currency) as currency,
        _file_sha256 as file_sha256,
        _source_row as source_row
    from {{ source('raw', 'shopify__payment_transactions') }}
    where {{ known_by_as_of() }} and transaction_at <= {{ as_of() }}
    -- two equal movements of one file are two; what a newer file repeats it replaces
    qualify _file_sha256 = first_value(_file_sha256) over (
        partition by _account, transaction_at, transaction_type, order_name
        order by _exported_at desc, _file_sha256 desc
    )

)

select * from final
