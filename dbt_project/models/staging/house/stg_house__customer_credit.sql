with

final as (

    select
        customer_key,
        as_of_at as stated_at,
        credit_limit_amount,
        balance_amount,
        upper(currency) as currency,
        coalesce(is_on_hold, false) as is_on_hold
    from {{ source('raw', 'house__customer_credit') }}
    where {{ known_by_as_of() }} and as_of_at <= {{ as_of() }}
    qualify row_number() over (
        partition by customer_key order by as_of_at desc, _exported_at desc, _file_sha256 desc, _source_row desc
    ) = 1

)

select * from final
