with source as (
    select * from {{ source('ingest', 'files') }}
),

final as (
    select
        account,
        nullif(system, '') as system,
        coalesce(nullif(entity, ''), 'not recognised') as entity,
        sha256,
        source_file,
        size_bytes,
        exported_at,
        encoding,
        status,
        reason,
        rows_in,
        rows_loaded,
        rows_quarantined,
        claimed_at,
        finished_at
    from source
)

select * from final
