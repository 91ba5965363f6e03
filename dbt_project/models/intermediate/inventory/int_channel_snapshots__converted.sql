with

listings as (

    select * from {{ ref('int_listings__matched') }} where is_order_match

),

-- a shop states on hand, or only what is left after its own orders; a location that does not stock a SKU has no record
shopify as (

    select
        inventory.account,
        coalesce(mapped.location_id, inventory.account || ':' || inventory.source_location_name) as location_id,
        coalesce(listings.sku_id, inventory.channel_sku) as sku_id,
        inventory.stated_at as snapshot_at,
        case when bool_and(inventory.on_hand_qty is not null) then 'on_hand' else 'available_net' end as basis,
        sum(
            coalesce(inventory.on_hand_qty, inventory.available_qty) * coalesce(listings.units_per_listing, 1)
        ) as on_hand_qty,
        sum(
            case when inventory.on_hand_qty is null then 0 else coalesce(inventory.unavailable_qty, 0) end
            * coalesce(listings.units_per_listing, 1)
        ) as other_unavailable_qty
    from {{ ref('stg_shopify__inventory') }} as inventory
    left join {{ ref('stg_company__account_locations') }} as mapped
        on
            inventory.account = mapped.account
            and inventory.source_location_name = mapped.source_location_name
    left join listings
        on
            inventory.account = listings.channel_account
            and inventory.channel_sku = listings.channel_sku
    where coalesce(inventory.on_hand_qty, inventory.available_qty) is not null
    group by all

),

-- offers that share an fnsku share one pile of goods, listed or not; the newest report speaks of it
fba_offers as (

    select
        fba.account,
        accounts.channel_location_id as location_id,
        coalesce(nullif(fba.fnsku, ''), 'sku:' || fba.channel_sku) as pile,
        coalesce(listings.sku_id, fba.channel_sku) as sku_id,
        case listings.match_status when 'listed' then 1 when 'exact' then 2 else 3 end
        || fba.channel_sku as naming_order,
        fba.stated_at as snapshot_at,
        fba.fulfillable_listing_qty * coalesce(listings.units_per_listing, 1) as on_hand_qty
    from {{ ref('stg_amazon__fba_inventory') }} as fba
    inner join {{ ref('int_accounts__known') }} as accounts
        on fba.account = accounts.account
    left join listings
        on
            fba.account = listings.channel_account
            and fba.channel_sku = listings.channel_sku
    where accounts.channel_location_id is not null
    qualify snapshot_at = max(snapshot_at) over (partition by fba.account, pile)

),

-- whose goods they are a stated listing says first, then a name the catalogue knows
fba_piles as (

    select
        account,
        location_id,
        min_by(sku_id, naming_order) as sku_id,
        snapshot_at,
        max(on_hand_qty) as on_hand_qty
    from fba_offers
    group by account, location_id, snapshot_at, pile

),

fba as (

    select
        account,
        location_id,
        sku_id,
        snapshot_at,
        'available_net' as basis,
        sum(on_hand_qty) as on_hand_qty,
        0 as other_unavailable_qty
    from fba_piles
    group by account, location_id, sku_id, snapshot_at

),

final as (

    select * from shopify
    union all
    select * from fba

)

select * from final
