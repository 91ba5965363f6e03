with

final as (

    select
        _account as account,
        trim(sku) as channel_sku,
        trim(fnsku) as fnsku,
        trim(asin) as asin,
        product_name as title,
        afn_fulfillable_qty as fulfillable_listing_qty,
        afn_unsellable_qty as unsellable_listing_qty,
        afn_reserved_qty as reserved_listing_qty,
        coalesce(afn_inbound_working_qty, 0)
        + coalesce(afn_inbound_shipped_qty, 0)
        + coalesce(afn_inbound_receiving_qty, 0) as inbound_listing_qty,
        _exported_at as stated_at,
        _file_sha256 as file_sha256,
        _source_file as source_file,
        _source_row as source_row
    from {{ source('raw', 'amazon__fba_inventory') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'sku', 'fnsku']) }}

)

select * from final
