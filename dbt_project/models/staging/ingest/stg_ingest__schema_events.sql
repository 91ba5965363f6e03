with source as (
    select * from {{ source('ingest', 'schema_events') }}
),

final as (
    select
        account,
        system,
        entity,
        sha256,
        event,
        column_name,
        seen_at
    from source
)

select * from final
