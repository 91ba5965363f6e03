with

in_centres as (

    select
        _account as account,
        inventory_id,
        sku,
        coalesce(nullif(trim(location_name), ''), location_id) as source_location_name,
        on_hand_qty,
        fulfillable_qty,
        committed_qty,
        _exported_at as stated_at,
        _file_sha256 as file_sha256
    from {{ source('raw', 'shipbob__stock_locations') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'inventory_id', 'location_id']) }}

),

in_total as (

    select
        _account as account,
        inventory_id,
        sku,
        cast(null as varchar) as source_location_name,
        on_hand_qty,
        fulfillable_qty,
        committed_qty,
        _exported_at as stated_at,
        _file_sha256 as file_sha256
    from {{ source('raw', 'shipbob__stock') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'inventory_id']) }}

),

final as (

    select * from in_centres
    union all
    select * from in_total

)

select * from final
