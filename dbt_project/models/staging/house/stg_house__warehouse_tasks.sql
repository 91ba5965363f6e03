with

final as (

    select
        _account as account,
        trim(task_id) as task_id,
        lower(trim(task_type)) as task_type,
        trim(location_id) as location_id,
        nullif(trim(channel_account), '') as channel_account,
        nullif(trim(order_id), '') as order_id,
        nullif(trim(shipment_id), '') as shipment_id,
        nullif(trim(receipt_id), '') as receipt_id,
        nullif(trim(sku), '') as sku_id,
        handled_qty,
        coalesce(short_qty, 0) as short_qty,
        released_at,
        started_at,
        case when ended_at <= {{ as_of() }} then ended_at end as ended_at,
        worker_key
    from {{ source('raw', 'house__warehouse_tasks') }}
    where {{ known_by_as_of() }} and started_at <= {{ as_of() }}
    {{ newest_statement(['_account', 'task_id'], updated_at='updated_at') }}

)

select * from final
