with

returns as (

    select *
    from {{ source('raw', 'aftership__returns') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'return_id'], updated_at='updated_at') }}

),

items as (

    select *
    from {{ source('raw', 'aftership__return_items') }}
    where {{ known_by_as_of() }}
    {{ newest_whole(['_account', 'return_id'], ['return_item_id', 'order_line_id', 'sku']) }}

),

final as (

    select
        items._account as account,
        trim(items.return_id) as return_id,
        concat_ws('/', items.return_item_id, items.order_line_id, items.sku) as return_line,
        {{ order_key('trim(returns.order_number)') }} as order_key,
        {{ order_key('trim(returns.order_id)') }} as other_order_key,
        {{ channel_sku('items.sku', 'items.product_title') }} as ordered_sku,
        items.quantity as returned_listing_qty,
        {{ as_word('items.return_reason') }} as reason,
        {{ as_word('returns.approval_status') }} as approval_status,
        {{ as_word('returns.legacy_status') }} as legacy_status,
        returns.created_at as requested_at,
        returns.received_at,
        items._exported_at as stated_at,
        items._source_file as source_file,
        items._source_row as source_row
    from items
    inner join returns
        on
            items._account = returns._account
            and items.return_id = returns.return_id

)

select * from final
