with

final as (

    select
        _account as account,
        trim(cancellation_id) as cancellation_id,
        trim(channel_account) as channel_account,
        trim(order_id) as order_id,
        {{ order_key('trim(order_id)') }} as order_key,
        trim(sku) as channel_sku,
        cancelled_qty as cancelled_listing_qty,
        lower(trim(reason)) as cancel_reason,
        cancelled_at,
        _exported_at as stated_at
    from {{ order_source('house__cancellations') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'cancellation_id']) }}

)

select * from final
