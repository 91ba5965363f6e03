with

final as (

    select
        _account as account,
        as_of_at as snapshot_at,
        trim(location_id) as location_id,
        trim(sku) as sku_id,
        on_hand_qty,
        coalesce(damaged_qty, 0) as damaged_qty,
        coalesce(quality_control_qty, 0) as quality_control_qty,
        coalesce(returned_qty, 0) as returned_qty,
        coalesce(expiring_qty, 0) as expiring_qty,
        coalesce(consigned_qty, 0) as consigned_qty,
        coalesce(reserved_qty, 0) as reserved_qty,
        _exported_at as stated_at,
        _source_file as source_file,
        _source_row as source_row
    from {{ source('raw', 'house__stock_snapshots') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'location_id', 'sku', 'as_of_at']) }}

)

select * from final
