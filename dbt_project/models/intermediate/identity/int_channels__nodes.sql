with

accounts as (

    select * from {{ ref('int_accounts__known') }}

),

locations as (

    select * from {{ ref('int_locations__known') }}

),

sourcing as (

    select * from {{ ref('stg_policy__sourcing') }}

),

accounts_with_own_rows as (

    select distinct channel_account from sourcing where channel_account != '*'

),

-- an account with rows of its own does not also follow the general ones
account_sourcing as (

    select
        accounts.account as channel_account,
        sourcing.location_id,
        sourcing.priority
    from accounts
    inner join sourcing
        on accounts.account = sourcing.channel_account
    where accounts.is_sales_channel

    union all

    select
        accounts.account as channel_account,
        sourcing.location_id,
        sourcing.priority
    from accounts
    inner join sourcing
        on sourcing.channel_account = '*'
    anti join accounts_with_own_rows
        on accounts.account = accounts_with_own_rows.channel_account
    where accounts.is_sales_channel

),

merchant_nodes as (

    select
        account_sourcing.channel_account,
        locations.location_id,
        -- a row that names the location says more than the row for all
        arg_min(account_sourcing.priority, (account_sourcing.location_id = '*', account_sourcing.priority)) as priority
    from account_sourcing
    inner join locations
        on
            account_sourcing.location_id = locations.location_id
            -- a location that is named is taken as named; the wildcard means what can serve a shopper at a distance
            or (
                account_sourcing.location_id = '*'
                and locations.is_active
                and not locations.is_pickup_only
                and not locations.is_channel_location
            )
    group by all

),

final as (

    select
        channel_account,
        'merchant' as fulfilled_by,
        location_id,
        priority
    from merchant_nodes

    union all

    select
        account as channel_account,
        'channel' as fulfilled_by,
        channel_location_id as location_id,
        1 as priority
    from accounts
    where is_sales_channel and channel_location_id is not null

)

select * from final
