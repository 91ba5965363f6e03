with

final as (

    select
        _account as account,
        trim(movement_id) as movement_id,
        occurred_at,
        trim(location_id) as location_id,
        trim(sku) as sku_id,
        lower(trim(movement_type)) as movement_type,
        lower(trim(state)) as state,
        moved_qty,
        nullif(trim(reference_id), '') as reference_id,
        reason,
        _exported_at as stated_at,
        _source_file as source_file,
        _source_row as source_row
    from {{ source('raw', 'house__stock_movements') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'movement_id']) }}

)

select * from final
