{{ config(schema='operations') }}

with files as (
    select * from {{ ref('stg_ingest__files') }}
),

duplicates as (
    select
        account,
        sha256,
        count(*) filter (where outcome = 'duplicate') as duplicates_count
    from {{ ref('stg_ingest__arrivals') }}
    group by account, sha256
),

final as (
    select
        files.account,
        files.sha256,
        files.system,
        files.entity,
        files.source_file,
        files.exported_at,
        files.status,
        files.reason,
        files.rows_in,
        files.rows_loaded,
        files.rows_quarantined,
        coalesce(duplicates.duplicates_count, 0) as duplicates_count,
        files.finished_at
    from files
    left join duplicates
        on
            files.account = duplicates.account
            and files.sha256 = duplicates.sha256
)

select * from final
