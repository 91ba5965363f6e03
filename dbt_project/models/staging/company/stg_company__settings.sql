with source as (
    select * from {{ source('company', 'settings') }}
),

-- aggregates give one row even before the company is configured
stated as (
    select
        coalesce(max(company_name), '') as company_name,
        coalesce(max(base_currency), 'USD') as base_currency,
        coalesce(max(time_zone), 'UTC') as time_zone,
        coalesce(max(environment), 'test') as environment,
        coalesce(max(test_order_tags), 'test') as test_order_tags
    from source
),

final as (
    select
        company_name,
        base_currency,
        time_zone,
        environment,
        test_order_tags,
        {{ as_of() }} as as_of_at,
        {{ local_date(as_of(), 'time_zone') }} as as_of_on
    from stated
)

select * from final
