with source as (
    select * from {{ source('ops', 'push_runs') }}
),

final as (
    select
        run_id,
        destination,
        environment,
        mode,
        status,
        as_of_at,
        build_id,
        planned_count,
        sent_count,
        unchanged_count,
        held_count,
        rejected_count,
        started_at,
        finished_at,
        reason
    from source
)

select * from final
