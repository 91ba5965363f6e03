with source as (
    select * from {{ source('ops', 'push_rows') }}
),

final as (
    select
        run_id,
        destination,
        row_key,
        generation,
        target_json,
        status,
        reason,
        updated_at
    from source
)

select * from final
