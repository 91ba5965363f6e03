with

exported as (

    select
        _account as account,
        _exported_at as stated_at,
        _file_sha256 as file_sha256,
        trim(location_name) as source_location_name,
        handle,
        title,
        option1_name,
        option1_value,
        option2_name,
        option2_value,
        option3_name,
        option3_value,
        -- a variant without SKU is still stock: it is named by its place in the catalogue
        coalesce(
            nullif(trim(sku), ''),
            'handle:' || concat_ws('|', handle, option1_value, option2_value, option3_value)
        ) as channel_sku,
        on_hand_qty,
        available_qty,
        committed_qty,
        unavailable_qty,
        incoming_qty,
        _source_file as source_file,
        _source_row as source_row
    from {{ source('raw', 'shopify__inventory') }}
    where {{ known_by_as_of() }}

),

final as (

    select *
    from exported
    -- all rows of the newest file that speaks of this SKU at this location: two variants may share a SKU
    qualify
        file_sha256 = first_value(file_sha256) over (
            partition by account, source_location_name, channel_sku
            order by stated_at desc, file_sha256 desc
        )

)

select * from final
