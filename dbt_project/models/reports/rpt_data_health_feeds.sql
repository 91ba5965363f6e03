with files as (
    select * from {{ ref('fct_ingested_files') }}
),

accounts as (
    select * from {{ ref('dim_account') }}
),

feeds as (
    select * from {{ ref('ref_feeds') }}
),

account_feeds as (
    select * from {{ ref('dim_account_feed') }}
),

by_feed as (
    select
        account,
        entity,
        max(system) as system,
        count(*) as files_count,
        count(*) filter (where status = 'held') as held_files_count,
        sum(duplicates_count) as duplicates_count,
        sum(rows_in) as rows_in_count,
        sum(rows_loaded) as rows_loaded_count,
        sum(rows_quarantined) as rows_quarantined_count,
        max(exported_at) filter (where status = 'loaded' and exported_at <= {{ as_of() }}) as newest_exported_at,
        max(finished_at) filter (where status = 'loaded') as last_loaded_at
    from files
    group by account, entity
),

-- an account that has sent nothing at all is worth a line; a feed that it never sends is not
silent_accounts as (
    select
        accounts.account,
        'none yet' as entity,
        accounts.system
    from accounts
    where accounts.account not in (select by_feed.account from by_feed)
),

-- what the company says it expects is silent from the start
silent_feeds as (
    select
        account_feeds.account,
        account_feeds.entity,
        account_feeds.system
    from account_feeds
    left join by_feed
        on
            account_feeds.account = by_feed.account
            and account_feeds.entity = by_feed.entity
    where account_feeds.is_expected and by_feed.account is null
),

listed as (
    select * from by_feed
    union all by name
    select * from silent_accounts
    union all by name
    select * from silent_feeds
),

aged as (
    select
        listed.*,
        coalesce(feeds.title, listed.entity) as title,
        coalesce(account_feeds.cadence_hours, feeds.cadence_hours) as cadence_hours,
        {{ age_minutes('listed.newest_exported_at') }} as age_minutes
    from listed
    left join feeds
        on
            listed.system = feeds.system
            and listed.entity = feeds.entity
    left join account_feeds
        on
            listed.account = account_feeds.account
            and listed.entity = account_feeds.entity
),

final as (
    select
        account,
        entity,
        system,
        title,
        cast(coalesce(files_count, 0) as bigint) as files_count,
        cast(coalesce(held_files_count, 0) as bigint) as held_files_count,
        cast(coalesce(duplicates_count, 0) as bigint) as duplicates_count,
        cast(coalesce(rows_in_count, 0) as bigint) as rows_in_count,
        cast(coalesce(rows_loaded_count, 0) as bigint) as rows_loaded_count,
        cast(coalesce(rows_quarantined_count, 0) as bigint) as rows_quarantined_count,
        newest_exported_at,
        last_loaded_at,
        age_minutes,
        cast(cadence_hours as bigint) as cadence_hours,
        case
            when newest_exported_at is null then 'silent'
            when cadence_hours is null or age_minutes <= 60 * cadence_hours then 'fresh'
            when age_minutes <= 2 * 60 * cadence_hours then 'late'
            else 'silent'
        end as status
    from aged
)

select * from final
