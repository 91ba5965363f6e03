with

nodes as (

    select * from {{ ref('int_channels__zone_sets') }}

),

listings as (

    select distinct
        channel_account,
        fulfilled_by,
        sku_id
    from {{ ref('int_listings__matched') }}

),

-- a part whose stock nobody counts never holds a kit back
kits as (

    select kits.*
    from {{ ref('int_kits__exploded') }} as kits
    inner join {{ ref('int_products__known') }} as products
        on kits.component_sku_id = products.sku_id
    where products.is_stock_tracked

),

stock as (

    select * from {{ ref('int_stock__available_to_sell') }}

),

pools as (

    select * from {{ ref('int_channel_stock__pooled') }}

),

locations as (

    select distinct location_id from nodes

),

node_sets as (

    select
        locations.location_id,
        kits.kit_sku_id,
        min(coalesce(stock.ats_qty, 0) // kits.component_qty) as sets_qty
    from kits
    cross join locations
    left join stock
        on
            kits.component_sku_id = stock.sku_id
            and locations.location_id = stock.location_id
    group by all

),

channel_node_sets as (

    select
        listings.channel_account,
        listings.fulfilled_by,
        listings.sku_id,
        nodes.zone,
        sum(node_sets.sets_qty) as node_sets_qty
    from listings
    inner join nodes
        on
            listings.channel_account = nodes.channel_account
            and listings.fulfilled_by = nodes.fulfilled_by
    inner join node_sets
        on
            nodes.location_id = node_sets.location_id
            and listings.sku_id = node_sets.kit_sku_id
    group by all

),

channel_pool_sets as (

    select
        listings.channel_account,
        listings.fulfilled_by,
        listings.sku_id,
        pools.zone,
        min(pools.common_pool_qty // kits.component_qty) as pool_sets_qty,
        min(pools.oldest_snapshot_at) as oldest_snapshot_at,
        bool_or(pools.has_position) as has_position
    from listings
    inner join kits
        on listings.sku_id = kits.kit_sku_id
    inner join pools
        on
            listings.channel_account = pools.channel_account
            and listings.fulfilled_by = pools.fulfilled_by
            and kits.component_sku_id = pools.sku_id
    group by all

),

policies as (

    {{ channel_policy('listings') }}

),

final as (

    select
        pool_sets.channel_account,
        pool_sets.fulfilled_by,
        pool_sets.sku_id,
        pool_sets.zone,
        pool_sets.oldest_snapshot_at,
        pool_sets.has_position,
        -- parcels leave from one building: parts in different ones make no kit, unless the policy lets orders be split
        cast(
            case
                when policies.kit_parts_from = 'any_location' then pool_sets.pool_sets_qty
                else greatest(0, least(coalesce(node_sets.node_sets_qty, 0), pool_sets.pool_sets_qty))
            end as bigint
        ) as parts_qty
    from channel_pool_sets as pool_sets
    left join channel_node_sets as node_sets
        on
            pool_sets.channel_account = node_sets.channel_account
            and pool_sets.fulfilled_by = node_sets.fulfilled_by
            and pool_sets.sku_id = node_sets.sku_id
            and pool_sets.zone = node_sets.zone
    left join policies
        on
            pool_sets.channel_account = policies.asked_channel_account
            and pool_sets.sku_id = policies.asked_sku_id

)

select * from final
