with

rates as (

    select * from {{ ref('stg_house__exchange_rates') }}

),

settings as (

    select base_currency from {{ ref('stg_company__settings') }}

),

-- a rate into the company's currency is read as it stands, one out of it the other way round
stated as (

    select
        rates.rate_on,
        rates.from_currency as currency,
        1 as preference,
        cast(rates.rate as double) / rates.from_units as company_rate
    from rates
    inner join settings
        on rates.to_currency = settings.base_currency
    union all
    select
        rates.rate_on,
        rates.to_currency as currency,
        2 as preference,
        rates.from_units / cast(rates.rate as double) as company_rate
    from rates
    inner join settings
        on rates.from_currency = settings.base_currency

),

chosen as (

    select *
    from stated
    qualify row_number() over (partition by currency, rate_on order by preference) = 1

),

-- a rate holds until the next day that has one
final as (

    select
        currency,
        rate_on as valid_from_on,
        lead(rate_on) over (partition by currency order by rate_on) as valid_until_on,
        company_rate
    from chosen

)

select * from final
