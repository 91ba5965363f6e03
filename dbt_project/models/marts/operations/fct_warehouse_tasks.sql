with final as (
    select
        account,
        task_id,
        task_type,
        location_id,
        channel_account,
        order_id,
        {{ order_key('order_id') }} as order_key,
        shipment_id,
        receipt_id,
        sku_id,
        worker_key,
        released_at,
        started_at,
        ended_at,
        handled_qty,
        short_qty,
        round((epoch(started_at) - epoch(released_at)) / 60, 4) as wait_minutes,
        round((epoch(ended_at) - epoch(started_at)) / 60, 4) as work_minutes,
        ended_at is null as is_running,
        coalesce(ended_at < started_at or started_at < released_at, false) as is_out_of_order
    from {{ ref('stg_house__warehouse_tasks') }}
)

select * from final
