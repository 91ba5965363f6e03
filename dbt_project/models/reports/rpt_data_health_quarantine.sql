with quarantined as (
    select * from {{ ref('fct_quarantined_rows') }}
),

files as (
    select * from {{ ref('fct_ingested_files') }}
),

refused_rows as (
    select
        account,
        coalesce(entity, 'not recognised') as entity,
        reason_code,
        count(*) as rows_count,
        count(distinct sha256) as files_count,
        string_agg(distinct column_name, ', ' order by column_name) as column_names,
        arg_min(detail, sha256 || line_no) as example_detail,
        arg_min(source_file, sha256 || line_no) as example_file,
        arg_min(line_no, sha256 || line_no) as example_line_no,
        max(quarantined_at) as newest_quarantined_at
    from quarantined
    where status = 'open'
    group by account, coalesce(entity, 'not recognised'), reason_code
),

-- a file that is held whole has no refused rows of its own
held_files as (
    select
        account,
        coalesce(entity, 'not recognised') as entity,
        'file_held' as reason_code,
        sum(rows_quarantined) as rows_count,
        count(*) as files_count,
        arg_max(reason, finished_at) as example_detail,
        arg_max(source_file, finished_at) as example_file,
        max(finished_at) as newest_quarantined_at
    from files
    where status = 'held'
    group by account, coalesce(entity, 'not recognised')
),

listed as (
    select * from refused_rows
    union all by name
    select * from held_files
),

final as (
    select
        account,
        entity,
        reason_code,
        cast(rows_count as bigint) as rows_count,
        cast(files_count as bigint) as files_count,
        column_names,
        example_detail,
        example_file,
        example_line_no,
        newest_quarantined_at
    from listed
)

select * from final
