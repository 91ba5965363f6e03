with

final as (

    select
        _account as account,
        trim(allocation_id) as allocation_id,
        trim(channel_account) as channel_account,
        trim(order_id) as order_id,
        {{ order_key('trim(order_id)') }} as order_key,
        trim(sku) as channel_sku,
        trim(location_id) as location_id,
        allocated_qty as allocated_listing_qty,
        allocated_at,
        ended_at,
        updated_at,
        _exported_at as stated_at,
        _source_file as source_file,
        _source_row as source_row
    from {{ source('raw', 'house__allocations') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'allocation_id'], updated_at='updated_at') }}

)

select * from final
