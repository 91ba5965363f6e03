with

listings as (

    select * from {{ ref('int_listings__matched') }}

),

pools as (

    select * from {{ ref('int_channel_stock__pooled') }} where zone = '*'

),

kits as (

    select * from {{ ref('int_channel_kits__assembled') }} where zone = '*'

),

unreached as (

    select * from {{ ref('int_channel_stock__unreached') }}

),

lines as (

    select * from {{ ref('int_order_lines__fulfilled') }}

),

order_feeds as (

    select
        channel_account,
        max(stated_at) as newest_orders_at
    from lines
    group by all

),

final as (

    select
        listings.channel_account,
        listings.listing_id,
        listings.channel_sku,
        listings.sku_id,
        listings.units_per_listing,
        listings.fulfilled_by,
        listings.is_active,
        pools.is_stock_tracked,
        pools.has_position or coalesce(kits.has_position, false) as has_position,
        coalesce(unreached.unreached_ats_qty, 0) as unreached_ats_qty,
        pools.node_ats_qty,
        pools.node_debt_qty,
        pools.debt_weight_rate,
        pools.unplaced_qty,
        pools.own_held_qty,
        kits.parts_qty,
        -- a kit is what stands ready-made plus what its parts still make
        case when kits.sku_id is null then pools.pool_qty else pools.node_ats_qty + kits.parts_qty end as pool_qty,
        case when kits.sku_id is null then pools.common_pool_qty else pools.common_ats_qty + kits.parts_qty end
            as common_pool_qty,
        case when kits.sku_id is null then pools.pool_shortfall_qty else 0 end as pool_shortfall_qty,
        greatest(
            {{ age_minutes('least(pools.oldest_snapshot_at, kits.oldest_snapshot_at)') }},
            {{ age_minutes('order_feeds.newest_orders_at') }}
        ) as feed_age_minutes
    from listings
    inner join pools
        on
            listings.channel_account = pools.channel_account
            and listings.fulfilled_by = pools.fulfilled_by
            and listings.sku_id = pools.sku_id
    left join unreached
        on
            listings.channel_account = unreached.channel_account
            and listings.fulfilled_by = unreached.fulfilled_by
            and listings.sku_id = unreached.sku_id
    left join kits
        on
            listings.channel_account = kits.channel_account
            and listings.fulfilled_by = kits.fulfilled_by
            and listings.sku_id = kits.sku_id
    left join order_feeds
        on listings.channel_account = order_feeds.channel_account

)

select * from final
