with

final as (

    select
        _account as channel_account,
        -- the licence plate names one returned unit; older reports leave it out
        md5(concat_ws('|', license_plate_number, order_id, sku, return_at)) as return_line_id,
        trim(order_id) as order_id,
        {{ order_key('trim(order_id)') }} as order_key,
        trim(sku) as channel_sku,
        return_at,
        quantity as returned_listing_qty,
        upper(trim(detailed_disposition)) as disposition,
        upper(trim(reason)) as reason,
        fulfillment_center_id,
        _exported_at as stated_at,
        _source_file as source_file,
        _source_row as source_row
    from {{ source('raw', 'amazon__fba_returns') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'license_plate_number', 'order_id', 'sku', 'return_at']) }}

)

select * from final
