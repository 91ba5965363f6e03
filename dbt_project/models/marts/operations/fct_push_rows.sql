{{ config(schema='operations') }}

with push_rows as (
    select * from {{ ref('stg_ops__push_rows') }}
),

acknowledged as (
    select * from {{ ref('stg_ops__channel_state') }}
),

final as (
    select
        push_rows.run_id,
        push_rows.destination,
        push_rows.row_key,
        push_rows.generation,
        push_rows.target_json,
        push_rows.status,
        push_rows.reason,
        push_rows.updated_at,
        acknowledged.payload_json as acknowledged_json,
        acknowledged.acknowledged_at,
        row_number() over (
            partition by push_rows.destination, push_rows.row_key
            order by push_rows.updated_at desc, push_rows.generation desc, push_rows.run_id desc
        ) = 1 as is_latest
    from push_rows
    left join acknowledged
        on
            push_rows.destination = acknowledged.destination
            and push_rows.row_key = acknowledged.row_key
)

select * from final
