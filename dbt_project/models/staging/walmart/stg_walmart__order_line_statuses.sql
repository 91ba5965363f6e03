with

final as (

    select
        _account as channel_account,
        trim(purchase_order_id) as order_id,
        {{ order_key('trim(purchase_order_id)') }} as order_key,
        trim(line_number) as line_number,
        {{ as_word('line_status') }} as line_status,
        quantity as listing_qty,
        {{ as_word('cancellation_reason') }} as cancellation_reason,
        shipped_at,
        coalesce(nullif(trim(carrier), ''), other_carrier) as carrier,
        nullif(trim(tracking_number), '') as tracking_number,
        _exported_at as stated_at,
        _source_file as source_file,
        _source_row as source_row
    from {{ order_source('walmart__order_line_statuses') }}
    where {{ known_by_as_of() }}
    {{ newest_whole(
        ['_account', 'purchase_order_id'],
        ['line_number', 'line_status', 'quantity', 'tracking_number', 'shipped_at', 'cancellation_reason'],
    ) }}

)

select * from final
