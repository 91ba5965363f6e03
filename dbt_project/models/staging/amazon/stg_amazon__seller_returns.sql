with

final as (

    select
        _account as channel_account,
        trim(order_id) as order_id,
        {{ order_key('trim(order_id)') }} as order_key,
        coalesce(nullif(trim(amazon_rma_id), ''), 'order:' || trim(order_id)) as return_id,
        trim(sku) as channel_sku,
        return_qty as returned_listing_qty,
        {{ as_word('request_status') }} as request_status,
        {{ as_word('return_reason') }} as reason,
        requested_on,
        delivered_on,
        refunded_amount as refund_amount,
        currency,
        _exported_at as stated_at,
        _source_file as source_file,
        _source_row as source_row
    from {{ source('raw', 'amazon__seller_returns') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'order_id', 'amazon_rma_id', 'sku']) }}

)

select * from final
