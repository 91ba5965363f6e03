with files as (
    select * from {{ ref('fct_ingested_files') }}
),

raw_counts as (
    select * from {{ ref('fct_raw_counts') }}
),

quarantined as (
    select * from {{ ref('fct_quarantined_rows') }}
),

order_lines as (
    select * from {{ ref('fct_order_lines') }}
),

orders as (
    select * from {{ ref('fct_orders') }}
),

accounted as (
    select
        'rows in = loaded + quarantined, all files' as check_name,
        sum(rows_in) as expected,
        sum(rows_loaded) + sum(rows_quarantined) as actual
    from files
),

refused as (
    select
        'rows quarantined in the ledger = rows in quarantine, loaded files' as check_name,
        (select sum(rows_quarantined) from files where status = 'loaded') as expected,
        (select count(*) from quarantined where status <> 'replayed') as actual
),

loaded_by_feed as (
    select
        system,
        entity,
        sum(rows_loaded) as rows_count
    from files
    where status = 'loaded'
    group by system, entity
),

raw_by_feed as (
    select
        system,
        entity,
        sum(rows_count) as rows_count
    from raw_counts
    group by system, entity
),

loaded as (
    select
        printf(
            'rows loaded in the ledger = rows stored, %s %s',
            coalesce(loaded_by_feed.system, raw_by_feed.system), coalesce(loaded_by_feed.entity, raw_by_feed.entity)
        ) as check_name,
        loaded_by_feed.rows_count as expected,
        raw_by_feed.rows_count as actual
    from loaded_by_feed
    full outer join raw_by_feed
        on
            loaded_by_feed.system = raw_by_feed.system
            and loaded_by_feed.entity = raw_by_feed.entity
),

ordered as (
    select
        'units on orders = units on order lines' as check_name,
        (select sum(ordered_qty) from orders) as expected,
        (select sum(ordered_qty) from order_lines) as actual
),

checks as (
    select * from accounted
    union all
    select * from refused
    union all
    select * from loaded
    union all
    select * from ordered
),

final as (
    select
        check_name,
        cast(coalesce(expected, 0) as bigint) as expected,
        cast(coalesce(actual, 0) as bigint) as actual,
        cast(coalesce(actual, 0) - coalesce(expected, 0) as bigint) as difference
    from checks
)

select * from final
