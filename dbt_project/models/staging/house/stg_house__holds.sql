with

final as (

    select
        _account as account,
        trim(hold_id) as hold_id,
        trim(sku) as sku_id,
        trim(location_id) as location_id,
        held_qty,
        lower(trim(hold_type)) as hold_type,
        reason,
        held_at,
        -- a hold is over at the first of both instants, and at that very instant
        least(expires_at, released_at) as ended_at,
        nullif(trim(channel_account), '') as channel_account,
        _exported_at as stated_at,
        _source_file as source_file,
        _source_row as source_row
    from {{ source('raw', 'house__holds') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'hold_id'], updated_at='updated_at') }}

)

select * from final
