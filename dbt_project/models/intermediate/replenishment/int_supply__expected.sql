with purchase_orders as (
    select * from {{ ref('int_purchase_orders__expected') }}
),

transfers as (
    select * from {{ ref('stg_house__transfers') }}
),

movements as (
    select * from {{ ref('stg_house__stock_movements') }}
),

locations as (
    select * from {{ ref('int_locations__known') }}
),

policies as (
    select * from {{ ref('int_replenishment_policies__resolved') }}
),

open_lines as (
    select
        purchase_orders.*,
        coalesce(locations.purchasing_location_id, purchase_orders.location_id) as purchasing_location_id
    from purchase_orders
    left join locations on purchase_orders.location_id = locations.location_id
),

-- what is expected later than the horizon must not suppress the order that is needed now
ordered as (
    select
        open_lines.sku_id,
        open_lines.purchasing_location_id as location_id,
        open_lines.expected_qty as on_order_qty
    from open_lines
    left join policies on open_lines.purchasing_location_id = policies.location_id
    where
        open_lines.expected_on is null
        or policies.on_order_horizon_days is null
        or open_lines.expected_on <= open_lines.as_of_on + cast(policies.on_order_horizon_days as integer)
),

legs as (
    select
        movements.reference_id,
        movements.sku_id,
        coalesce(locations.purchasing_location_id, movements.location_id) as location_id,
        movements.movement_type = 'transfer_out' as is_out,
        movements.moved_qty
    from movements
    left join locations on movements.location_id = locations.location_id
    -- a transfer that says itself what has left is read below
    anti join transfers
        on
            movements.reference_id = transfers.transfer_id
            and movements.sku_id = transfers.sku_id
            and transfers.shipped_qty > 0
    where
        movements.movement_type in ('transfer_out', 'transfer_in')
        and movements.state = 'on_hand'
        and movements.reference_id is not null
        and movements.occurred_at <= {{ as_of() }}
),

-- what has left one location and has not reached another that buys through the same one
under_way as (
    select
        sku_id,
        min(location_id) filter (where is_out) as location_id,
        greatest(0, -sum(moved_qty)) as in_transit_qty
    from legs
    group by reference_id, sku_id
    having
        bool_or(is_out)
        and count(distinct location_id) = 1
),

transferred as (
    select
        transfers.sku_id,
        coalesce(locations.purchasing_location_id, transfers.to_location_id) as location_id,
        transfers.shipped_qty - transfers.received_qty as in_transit_qty
    from transfers
    left join locations on transfers.to_location_id = locations.location_id
    where
        transfers.status not in ('received', 'cancelled')
        and transfers.shipped_qty > transfers.received_qty
),

parts as (
    select * from ordered
    union all by name
    select * from under_way
    union all by name
    select * from transferred
),

final as (
    select
        sku_id,
        location_id,
        cast(coalesce(sum(on_order_qty), 0) as bigint) as on_order_qty,
        cast(coalesce(sum(in_transit_qty), 0) as bigint) as in_transit_qty
    from parts
    group by sku_id, location_id
)

select * from final
