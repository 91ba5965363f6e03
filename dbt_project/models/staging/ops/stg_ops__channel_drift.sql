with source as (
    select * from {{ source('ops', 'channel_drift') }}
),

final as (
    select
        drift_id as reading_id,
        destination,
        row_key,
        sku_id,
        channel_sku,
        read_by,
        drift_class,
        wanted_quantity as wanted_number,
        written_quantity as written_number,
        read_quantity as read_number,
        unsellable_quantity as unsellable_listing_qty,
        run_id,
        read_at
    from source
)

select * from final
