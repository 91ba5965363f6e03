{%- set states = ['damaged', 'quality_control', 'returned', 'expiring', 'consigned', 'reserved'] -%}
with

positions as (

    select * from {{ ref('int_stock_positions__current') }}

),

listings as (

    select * from {{ ref('int_listings__matched') }} where is_order_match

),

house as (

    select
        snapshots.account,
        snapshots.location_id,
        snapshots.sku_id,
        snapshots.snapshot_at,
        snapshots.source_file,
        snapshots.source_row,
        terms.term,
        case terms.term
            {% for state in states %}
                when '{{ state }}' then snapshots.{{ state }}_qty
            {% endfor %}
            else snapshots.on_hand_qty
        end as stated_qty
    from {{ ref('stg_house__stock_snapshots') }} as snapshots
    cross join
        (
            values ('stated_on_hand'),
            ('{{ states | join("'), ('") }}')
        ) as terms (term)

),

shopify as (

    select
        inventory.account,
        coalesce(mapped.location_id, inventory.account || ':' || inventory.source_location_name) as location_id,
        inventory.channel_sku,
        inventory.stated_at as snapshot_at,
        inventory.source_file,
        inventory.source_row,
        terms.term,
        case
            when terms.term = 'stated_on_hand' then coalesce(inventory.on_hand_qty, inventory.available_qty)
            when inventory.on_hand_qty is not null then inventory.unavailable_qty
        end as listing_qty
    from {{ ref('stg_shopify__inventory') }} as inventory
    cross join (values ('stated_on_hand'), ('other_unavailable')) as terms (term)
    left join {{ ref('stg_company__account_locations') }} as mapped
        on
            inventory.account = mapped.account
            and inventory.source_location_name = mapped.source_location_name

),

fba as (

    select
        inventory.account,
        accounts.channel_location_id as location_id,
        inventory.channel_sku,
        inventory.stated_at as snapshot_at,
        inventory.source_file,
        inventory.source_row,
        'stated_on_hand' as term,
        inventory.fulfillable_listing_qty as listing_qty
    from {{ ref('stg_amazon__fba_inventory') }} as inventory
    inner join {{ ref('int_accounts__known') }} as accounts
        on inventory.account = accounts.account

),

channels as (

    select * from shopify
    union all by name
    select * from fba

),

-- channels speak of their own SKUs and packs
converted as (

    select
        channels.account,
        channels.location_id,
        coalesce(listings.sku_id, channels.channel_sku) as sku_id,
        channels.channel_sku as document_id,
        channels.snapshot_at,
        channels.source_file,
        channels.source_row,
        channels.term,
        channels.listing_qty * coalesce(listings.units_per_listing, 1) as stated_qty
    from channels
    left join listings
        on
            channels.account = listings.channel_account
            and channels.channel_sku = listings.channel_sku

),

statements as (

    select * from house
    union all by name
    select * from converted

),

told as (

    select * from statements where stated_qty != 0 or term = 'stated_on_hand'

),

-- a statement whose rows are not traced is named all the same
final as (

    select
        positions.location_id,
        positions.sku_id,
        coalesce(told.term, 'stated_on_hand') as term,
        cast(coalesce(told.stated_qty, positions.stated_on_hand_qty) as bigint) as evidence_qty,
        positions.snapshot_at as evidence_at,
        positions.stock_account as source_account,
        told.document_id,
        told.source_file,
        told.source_row
    from positions
    left join told
        on
            positions.stock_account = told.account
            and positions.location_id = told.location_id
            and positions.sku_id = told.sku_id
            and positions.snapshot_at = told.snapshot_at

)

select * from final
