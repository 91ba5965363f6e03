with quarantined as (
    select * from {{ ref('fct_quarantined_rows') }}
),

final as (
    select
        account,
        coalesce(entity, 'not recognised') as entity,
        reason_code,
        count(*) as rows_count,
        count(*) filter (where status = 'open') as open_rows_count,
        count(distinct sha256) as files_count,
        string_agg(distinct column_name, ', ' order by column_name) as column_names,
        arg_min(detail, (sha256, line_no)) as example_detail,
        arg_min(source_file, (sha256, line_no)) as example_file,
        arg_min(line_no, (sha256, line_no)) as example_line_no,
        max(quarantined_at) as newest_quarantined_at
    from quarantined
    group by account, coalesce(entity, 'not recognised'), reason_code
)

select * from final
