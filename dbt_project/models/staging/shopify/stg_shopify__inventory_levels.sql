with

levels as (

    select *
    from {{ source('raw', 'shopify__bulk_inventory_levels') }}
    where {{ known_by_as_of() }} and coalesce(is_active, true)
    -- all states of the newest file that speaks of the level
    qualify _file_sha256 = first_value(_file_sha256) over (
        partition by _account, level_gid
        order by _exported_at desc, _file_sha256 desc
    )

),

-- the file names an item's SKU on a line of its own, or on its variant's
named as (

    select
        _account,
        inventory_item_gid,
        sku,
        _exported_at
    from {{ source('raw', 'shopify__bulk_inventory_items') }}
    where {{ known_by_as_of() }} and sku is not null
    union all
    select
        _account,
        inventory_item_gid,
        sku,
        _exported_at
    from {{ source('raw', 'shopify__bulk_variants') }}
    where {{ known_by_as_of() }} and sku is not null and inventory_item_gid is not null

),

items as (

    select
        _account,
        inventory_item_gid,
        max_by(sku, _exported_at) as sku
    from named
    group by all

),

locations as (

    select
        _account,
        location_gid,
        max_by(location_name, _exported_at) as location_name
    from {{ source('raw', 'shopify__bulk_locations') }}
    where {{ known_by_as_of() }}
    group by all

),

final as (

    select
        levels._account as account,
        levels.level_gid,
        coalesce(
            nullif(trim(levels.location_name), ''),
            nullif(trim(locations.location_name), ''),
            levels.location_gid,
            'unnamed'
        ) as source_location_name,
        coalesce(
            nullif(trim(levels.sku), ''),
            nullif(trim(items.sku), ''),
            coalesce(levels.inventory_item_gid, levels.parent_gid)
        ) as channel_sku,
        levels.stock_state as state,
        levels.quantity as state_qty,
        levels._exported_at as stated_at
    from levels
    left join items
        on
            levels._account = items._account
            and coalesce(levels.inventory_item_gid, levels.parent_gid) = items.inventory_item_gid
    left join locations
        on
            levels._account = locations._account
            and coalesce(levels.location_gid, levels.parent_gid) = locations.location_gid

)

select * from final
