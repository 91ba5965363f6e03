with

accounts as (

    select * from {{ ref('stg_company__accounts') }}

),

settings as (

    select * from {{ ref('stg_company__settings') }}

),

-- accounts that a feed names as the seller of something, configured or not
named_as_channel as (

    select channel_account as account from {{ ref('int_order_statements__unioned') }}
    union
    select channel_account as account from {{ ref('stg_house__listings') }}

),

final as (

    select
        coalesce(accounts.account, named.account) as account,
        coalesce(accounts.system, 'house') as system,
        coalesce(accounts.time_zone, settings.time_zone, 'UTC') as time_zone,
        coalesce(accounts.currency, settings.base_currency) as currency,
        coalesce(accounts.tax_basis, 'exclusive') as tax_basis,
        coalesce(accounts.is_sales_channel, false) or named.account is not null as is_sales_channel,
        accounts.channel_location_id,
        {{ local_date(as_of(), "coalesce(accounts.time_zone, settings.time_zone, 'UTC')") }} as as_of_date
    from accounts
    full outer join named_as_channel as named
        on accounts.account = named.account
    left join settings
        on true
    where coalesce(accounts.account, named.account) is not null

)

select * from final
