with

kits as (

    select * from {{ ref('int_kits__exploded') }}

),

locations as (

    select location_id from {{ ref('int_locations__known') }}

),

-- a location that keeps the kit ready-made handles it as one thing; elsewhere it is its parts
ready_made as (

    select
        location_id,
        sku_id
    from {{ ref('int_stock_snapshots__stated') }}
    where on_hand_qty > 0

),

final as (

    select
        locations.location_id,
        kits.kit_sku_id,
        kits.component_sku_id as base_sku_id,
        kits.component_qty as base_qty
    from kits
    cross join locations
    anti join ready_made
        on
            locations.location_id = ready_made.location_id
            and kits.kit_sku_id = ready_made.sku_id

)

select * from final
