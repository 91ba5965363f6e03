with

accounts as (

    select * from {{ ref('int_accounts__known') }}

),

account_locations as (

    select * from {{ ref('stg_company__account_locations') }}

),

stated_locations as (

    select * from {{ ref('stg_house__locations') }}

),

sourcing as (

    select * from {{ ref('stg_policy__sourcing') }}

),

-- whose stock exports speak of which location
stock_feeds as (

    select
        account,
        location_id
    from {{ ref('stg_house__stock_snapshots') }}
    union
    select
        inventory.account,
        coalesce(mapped.location_id, inventory.account || ':' || inventory.source_location_name) as location_id
    from {{ ref('stg_shopify__inventory') }} as inventory
    left join account_locations as mapped
        on
            inventory.account = mapped.account
            and inventory.source_location_name = mapped.source_location_name
    union
    select
        account,
        location_id
    from {{ ref('int_partner_snapshots__converted') }}
    union
    select
        account,
        channel_location_id as location_id
    from accounts
    where channel_location_id is not null

),

-- our own books first, then who holds the goods, then who sells them
authorities as (

    select
        stock_feeds.location_id,
        stock_feeds.account as stock_account
    from stock_feeds
    inner join accounts
        using (account)
    qualify row_number() over (
        partition by stock_feeds.location_id
        order by
            coalesce(list_position(['house', 'x12', 'shipbob', 'shopify'], accounts.system), 5),
            stock_feeds.account
    ) = 1

),

declared as (

    select location_id from stated_locations
    union
    select location_id from account_locations
    union
    select channel_location_id as location_id from accounts
    union
    select location_id from sourcing where location_id != '*'

),

{%- set feeds = [
    'int_stock_movements__unioned', 'stg_house__shipment_places', 'stg_house__allocations', 'int_receipts__unioned',
    'int_purchase_orders__unioned',
] %}

named as (

    select location_id from declared
    union
    select location_id from stock_feeds
    {% for feed in feeds %}
        union
        select location_id from {{ ref(feed) }}
    {% endfor %}

),

locations as (

    select
        named.location_id,
        declared.location_id is not null as is_declared
    from named
    left join declared
        on named.location_id = declared.location_id
    where named.location_id is not null

),

has_feed as (

    select count(*) > 0 as has_feed from stated_locations

),

channel_locations as (

    select distinct channel_location_id as location_id from accounts where channel_location_id is not null

),

final as (

    select
        locations.location_id,
        coalesce(stated.location_name, locations.location_id) as location_name,
        coalesce(
            stated.location_type,
            case when channel_locations.location_id is not null then 'marketplace' else 'warehouse' end
        ) as location_type,
        stated.country,
        stated.time_zone,
        -- a feed of locations is complete: what it leaves out is known but not sold from
        coalesce(stated.is_active, locations.is_declared or not has_feed.has_feed) as is_active,
        coalesce(stated.is_pickup_only, false) as is_pickup_only,
        coalesce(stated.replenished_from_location_id, locations.location_id) as purchasing_location_id,
        coalesce(stated.stock_account, authorities.stock_account) as stock_account,
        channel_locations.location_id is not null as is_channel_location
    from locations
    cross join has_feed
    left join stated_locations as stated
        on locations.location_id = stated.location_id
    left join authorities
        on locations.location_id = authorities.location_id
    left join channel_locations
        on locations.location_id = channel_locations.location_id

)

select * from final
