with final as (
    select
        destination,
        row_key,
        run_id,
        generation,
        status,
        reason,
        target_json,
        acknowledged_json,
        acknowledged_at,
        updated_at
    from {{ ref('fct_push_rows') }}
    where is_latest
)

select * from final
