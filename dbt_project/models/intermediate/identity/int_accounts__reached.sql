{{ config(materialized='view') }}

with

reach as (

    select
        accounts.account as channel_account,
        rows.zone
    from {{ ref('int_accounts__known') }} as accounts
    inner join {{ ref('stg_policy__reach') }} as rows
        on rows.channel_account in (accounts.account, '*')
    where accounts.is_sales_channel
    -- an account with rows of its own does not also follow the general ones
    qualify (rows.channel_account != '*') = bool_or(rows.channel_account != '*') over (partition by accounts.account)

),

final as (

    select distinct
        reach.channel_account,
        zones.zone
    from reach
    inner join {{ ref('stg_policy__zone') }} as zones
        on reach.zone in (zones.zone, '*')

)

select * from final
