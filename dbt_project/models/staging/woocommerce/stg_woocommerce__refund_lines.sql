with

refunds as (

    select
        *,
        {{ woocommerce_refunded_order() }} as refunded_order_key
    from {{ source('raw', 'woocommerce__refunds') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'refund_id']) }}

),

lines as (

    select *
    from {{ source('raw', 'woocommerce__refund_lines') }}
    where {{ known_by_as_of() }}
    {{ newest_whole(['_account', 'refund_id'], ['line_id']) }}

),

final as (

    select
        lines._account as channel_account,
        trim(lines.refund_id) as refund_id,
        trim(lines.line_id) as line_id,
        refunds.refunded_order_key as other_order_key,
        list_extract(
            json_extract_string(lines.meta_data, '$[*].value'),
            list_position(json_extract_string(lines.meta_data, '$[*].key'), '_refunded_item_id')
        ) as order_line_id,
        {{ channel_sku('lines.sku', 'lines.product_name') }} as channel_sku,
        -- the shop writes what it takes back as negative
        -lines.quantity as refunded_listing_qty,
        -lines.total_amount as refund_amount,
        refunds.refunded_at,
        lines._exported_at as stated_at,
        lines._source_file as source_file,
        lines._source_row as source_row
    from lines
    inner join refunds
        on
            lines._account = refunds._account
            and lines.refund_id = refunds.refund_id

)

select * from final
