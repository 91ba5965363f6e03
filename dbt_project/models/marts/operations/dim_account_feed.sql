with accounts as (
    select * from {{ ref('stg_company__accounts') }}
),

feeds as (
    select * from {{ ref('ref_feeds') }}
),

stated as (
    select * from {{ ref('stg_company__account_cadences') }}
),

final as (
    select
        accounts.account,
        feeds.entity,
        accounts.system,
        feeds.title,
        cast(coalesce(stated.cadence_hours, feeds.cadence_hours) as bigint) as cadence_hours,
        stated.cadence_hours is not null as is_expected
    from accounts
    inner join feeds on accounts.system = feeds.system
    left join stated
        on
            accounts.account = stated.account
            and feeds.entity = stated.entity
)

select * from final
