with source as (
    select * from {{ source('raw', 'house__receipts') }}
),

final as (
    select
        _account as account,
        trim(receipt_id) as receipt_id,
        trim(receipt_line) as receipt_line,
        trim(po_id) as po_id,
        trim(po_line) as po_line,
        trim(sku) as sku_id,
        trim(location_id) as location_id,
        received_qty,
        coalesce(damaged_qty, 0) as damaged_qty,
        received_at,
        _source_file as source_file,
        _source_row as source_row
    from source
    where
        {{ known_by_as_of() }}
        and received_at <= {{ as_of() }}
    {{ newest_statement(['_account', 'receipt_id', 'receipt_line']) }}
)

select * from final
