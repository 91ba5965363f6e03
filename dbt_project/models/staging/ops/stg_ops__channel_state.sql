with source as (
    select * from {{ source('ops', 'channel_state') }}
),

final as (
    select
        destination,
        row_key,
        payload_hash,
        payload_json,
        acknowledged_at,
        run_id
    from source
)

select * from final
