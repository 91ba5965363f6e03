with

final as (

    select
        _account as account,
        trim(kit_sku) as kit_sku_id,
        trim(component_sku) as component_sku_id,
        component_qty,
        _exported_at as stated_at
    from {{ source('raw', 'house__kits') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['kit_sku', 'component_sku']) }}

)

select * from final
