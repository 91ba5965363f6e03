-- deep enough for any real assembly; a circle of kits ends here and has no leaf
{% set max_depth = 8 %}

with recursive

kits as (

    select
        kit_sku_id,
        component_sku_id,
        component_qty
    from {{ ref('stg_house__kits') }}
    where component_qty > 0 and kit_sku_id != component_sku_id

),

walk as (

    select
        kit_sku_id,
        component_sku_id,
        component_qty,
        1 as depth
    from kits

    union all

    select
        walk.kit_sku_id,
        kits.component_sku_id,
        walk.component_qty * kits.component_qty as component_qty,
        walk.depth + 1 as depth
    from walk
    inner join kits
        on walk.component_sku_id = kits.kit_sku_id
    where walk.depth < {{ max_depth }}

),

final as (

    select
        walk.kit_sku_id,
        walk.component_sku_id,
        cast(sum(walk.component_qty) as bigint) as component_qty
    from walk
    anti join kits
        on walk.component_sku_id = kits.kit_sku_id
    group by all

)

select * from final
