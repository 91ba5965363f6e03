{{ config(materialized='view') }}

with

house as (

    select
        'movement' as event_type,
        location_id,
        sku_id,
        occurred_at,
        state,
        moved_qty,
        movement_type,
        reference_id
    from {{ ref('stg_house__stock_movements') }}

),

adjustments as (

    select
        'movement' as event_type,
        coalesce(mapped.location_id, adjustments.account || ':' || adjustments.source_location_name) as location_id,
        coalesce(listings.sku_id, adjustments.channel_sku) as sku_id,
        adjustments.occurred_at,
        'on_hand' as state,
        adjustments.moved_qty * coalesce(listings.units_per_listing, 1) as moved_qty,
        'adjustment' as movement_type,
        adjustments.adjustment_id as reference_id
    from {{ ref('stg_x12__stock_adjustments') }} as adjustments
    left join {{ ref('stg_company__account_locations') }} as mapped
        on
            adjustments.account = mapped.account
            and adjustments.source_location_name = mapped.source_location_name
    left join {{ ref('int_listings__matched') }} as listings
        on
            adjustments.account = listings.channel_account
            and adjustments.channel_sku = listings.channel_sku
            and listings.is_order_match

),

legs as (

    select
        transfers.transfer_id,
        transfers.sku_id,
        steps.movement_type,
        steps.state,
        case steps.place when 'from' then transfers.from_location_id else transfers.to_location_id end as location_id,
        case steps.movement_type
            when 'transfer_out' then coalesce(transfers.shipped_at, transfers.updated_at)
            else coalesce(transfers.received_at, transfers.updated_at)
        end as occurred_at,
        case
            when steps.place = 'from' then -transfers.shipped_qty
            when steps.state = 'damaged' then transfers.damaged_qty
            when steps.state = 'on_hand' then transfers.received_qty
            when steps.movement_type = 'transfer_out' then transfers.shipped_qty
            -- what is not there once a transfer is over is no longer on its way
            when transfers.status in ('received', 'cancelled') then -transfers.shipped_qty
            else -transfers.received_qty
        end as moved_qty
    from {{ ref('stg_house__transfers') }} as transfers
    cross join (
        values
        ('transfer_out', 'from', 'on_hand'), ('transfer_out', 'to', 'in_transit'), ('transfer_in', 'to', 'in_transit'),
        ('transfer_in', 'to', 'on_hand'), ('transfer_in', 'to', 'damaged')
    ) as steps (movement_type, place, state)

),

transfers as (

    select
        'transfer' as event_type,
        legs.location_id,
        legs.sku_id,
        legs.occurred_at,
        legs.state,
        legs.moved_qty,
        legs.movement_type,
        legs.transfer_id as reference_id
    from legs
    -- a leg that a movement states under the transfer's id has moved its stock there
    anti join house
        on
            legs.transfer_id = house.reference_id
            and legs.sku_id = house.sku_id
            and legs.movement_type = house.movement_type
            and legs.state != 'in_transit'
    where legs.moved_qty != 0

),

final as (

    select * from house
    union all
    select * from adjustments
    union all
    select * from transfers

)

select * from final
