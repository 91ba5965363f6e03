with source as (
    select * from {{ source('quarantine', 'rows') }}
),

final as (
    select
        account,
        system,
        entity,
        sha256,
        source_file,
        line_no,
        source_row,
        reason_code,
        column_name,
        detail,
        status,
        quarantined_at
    from source
)

select * from final
