with

final as (

    select
        _account as account,
        trim(return_id) as return_id,
        trim(return_line) as return_line,
        trim(channel_account) as channel_account,
        trim(order_id) as order_id,
        {{ order_key('trim(order_id)') }} as order_key,
        trim(sku) as channel_sku,
        returned_qty as returned_listing_qty,
        lower(trim(reason)) as reason,
        requested_at,
        received_at,
        trim(location_id) as location_id,
        graded_at,
        lower(trim(disposition)) as disposition,
        refunded_at,
        refund_amount,
        currency,
        updated_at,
        _exported_at as stated_at,
        _source_file as source_file,
        _source_row as source_row
    from {{ source('raw', 'house__returns') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'return_id', 'return_line'], updated_at='updated_at') }}

)

select * from final
