with

accounts as (

    select * from {{ ref('int_accounts__known') }} where is_sales_channel

),

locations as (

    select * from {{ ref('int_locations__known') }}

),

zones as (

    select distinct zone from {{ ref('stg_policy__zone') }}

),

sourcing as (

    select
        accounts.account as channel_account,
        rows.location_id,
        rows.zone,
        rows.priority
    from accounts
    inner join {{ ref('stg_policy__sourcing') }} as rows
        on rows.channel_account in (accounts.account, '*')
    -- an account with rows of its own does not also follow the general ones
    qualify (rows.channel_account != '*') = bool_or(rows.channel_account != '*') over (partition by accounts.account)

),

reached as (

    select * from {{ ref('int_accounts__reached') }}

),

-- a location that is named says itself what it serves; the wildcard means what can serve a shopper at a distance
placed as (

    select
        sourcing.channel_account,
        locations.location_id,
        sourcing.zone,
        sourcing.priority
    from sourcing
    inner join locations
        on
            sourcing.location_id = locations.location_id
            or (
                sourcing.location_id = '*'
                and locations.is_active
                and not locations.is_pickup_only
                and not locations.is_channel_location
            )
    qualify
        (sourcing.location_id != '*')
        = bool_or(sourcing.location_id != '*') over (partition by sourcing.channel_account, locations.location_id)

),

served as (

    select
        placed.channel_account,
        'merchant' as fulfilled_by,
        zones.zone,
        placed.location_id,
        -- a row that names the zone says more than the row for all
        arg_min(placed.priority, (placed.zone = '*', placed.priority)) as priority
    from placed
    inner join zones
        on placed.zone in (zones.zone, '*')
    group by all

    union all

    select
        accounts.account as channel_account,
        'channel' as fulfilled_by,
        zones.zone,
        accounts.channel_location_id as location_id,
        1 as priority
    from accounts
    cross join zones
    where accounts.channel_location_id is not null

),

final as (

    select
        served.*,
        reached.zone is not null as is_reached
    from served
    left join reached
        on
            served.channel_account = reached.channel_account
            and served.zone = reached.zone

)

select * from final
