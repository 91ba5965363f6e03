with

final as (

    select
        _account as account,
        trim(transfer_id) as transfer_id,
        trim(transfer_line) as transfer_line,
        trim(from_location_id) as from_location_id,
        trim(to_location_id) as to_location_id,
        trim(sku) as sku_id,
        requested_qty,
        lower(trim(status)) as status,
        -- a feed that does not count what left says by the state that all of it did
        coalesce(shipped_qty, case when lower(trim(status)) in ('in_transit', 'received') then requested_qty else 0 end)
            as shipped_qty,
        coalesce(received_qty, case when lower(trim(status)) = 'received' then requested_qty else 0 end)
            as received_qty,
        coalesce(damaged_qty, 0) as damaged_qty,
        requested_at,
        shipped_at,
        expected_on,
        received_at,
        coalesce(updated_at, _exported_at) as updated_at,
        _exported_at as stated_at,
        _source_file as source_file,
        _source_row as source_row
    from {{ source('raw', 'house__transfers') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'transfer_id', 'transfer_line'], updated_at='updated_at') }}

)

select * from final
