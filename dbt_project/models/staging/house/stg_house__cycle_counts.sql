with

final as (

    select
        _account as account,
        trim(count_id) as count_id,
        trim(location_id) as location_id,
        trim(sku) as sku_id,
        coalesce(trim(lot_id), '') as lot_id,
        counted_qty,
        book_qty,
        counted_at,
        reason,
        _exported_at as stated_at
    from {{ source('raw', 'house__cycle_counts') }}
    where {{ known_by_as_of() }} and counted_at <= {{ as_of() }}
    {{ newest_statement(['_account', 'count_id', 'location_id', 'sku', "coalesce(lot_id, '')"]) }}

)

select * from final
