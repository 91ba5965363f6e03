with

final as (

    select
        _account as channel_account,
        trim(return_order_id) as return_id,
        trim(return_line_number) as return_line,
        trim(purchase_order_id) as order_id,
        {{ order_key('trim(purchase_order_id)') }} as order_key,
        {{ order_key('trim(customer_order_id)') }} as other_order_key,
        {{ channel_sku('sku', 'product_name') }} as channel_sku,
        coalesce(quantity, 1) as returned_listing_qty,
        {{ as_word('return_reason') }} as reason,
        {{ as_word('return_status') }} as return_status,
        {{ as_word('delivery_status') }} as delivery_status,
        {{ as_word('refund_status') }} as refund_status,
        upper(coalesce(tracking_statuses, '')) as tracking_statuses,
        coalesce(is_keep_it, false) as is_keep_it,
        returned_at as requested_at,
        status_at,
        -- stated of the whole return: it is a line's only when there is one
        case
            when count(*) over (partition by _account, return_order_id, _file_sha256) = 1 then total_refund_amount
        end as refund_amount,
        total_refund_currency as currency,
        _exported_at as stated_at,
        _source_file as source_file,
        _source_row as source_row
    from {{ source('raw', 'walmart__return_lines') }}
    where {{ known_by_as_of() }}
    {{ newest_whole(['_account', 'return_order_id'], ['return_line_number']) }}

)

select * from final
