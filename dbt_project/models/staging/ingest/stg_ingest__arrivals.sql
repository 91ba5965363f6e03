with source as (
    select * from {{ source('ingest', 'arrivals') }}
),

final as (
    select
        account,
        source_file,
        sha256,
        seen_at,
        outcome
    from source
)

select * from final
