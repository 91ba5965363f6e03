{{ config(schema='operations') }}

with final as (
    select
        account,
        system,
        entity,
        sha256,
        source_file,
        line_no,
        reason_code,
        column_name,
        detail,
        status,
        quarantined_at
    from {{ ref('stg_quarantine__rows') }}
)

select * from final
