with

claiming_lines as (

    select * from {{ ref('int_order_lines__claiming') }}

),

allocations as (

    select * from {{ ref('stg_house__allocations') }} where allocated_at <= {{ as_of() }}

),

in_force as (

    select
        lines.channel_account,
        lines.order_id,
        lines.order_key,
        lines.channel_sku,
        allocations.location_id,
        any_value(lines.units_per_listing) as units_per_listing,
        any_value(lines.open_qty) as open_qty,
        min((allocations.allocated_at, allocations.allocation_id)) as allocation_order,
        sum(allocations.allocated_listing_qty) * any_value(lines.units_per_listing) as allocated_qty
    from claiming_lines as lines
    inner join allocations
        on
            lines.channel_account = allocations.channel_account
            and lines.order_key = allocations.order_key
            and lines.channel_sku = allocations.channel_sku
    where coalesce(allocations.ended_at > {{ as_of() }}, true)
    group by all

),

shipped as (

    select
        in_force.channel_account,
        in_force.order_id,
        in_force.channel_sku,
        in_force.location_id,
        sum(shipment_lines.shipped_qty) as shipped_qty
    from in_force
    inner join {{ ref('int_shipment_lines__unioned') }} as shipment_lines
        on
            in_force.channel_account = shipment_lines.channel_account
            and in_force.order_key = shipment_lines.order_key
            and in_force.channel_sku = shipment_lines.channel_sku
            and in_force.location_id = shipment_lines.location_id
    group by all

),

remaining as (

    select
        in_force.*,
        greatest(0, in_force.allocated_qty - coalesce(shipped.shipped_qty, 0)) as remaining_qty,
        sum(greatest(0, in_force.allocated_qty - coalesce(shipped.shipped_qty, 0))) over (
            partition by in_force.channel_account, in_force.order_id, in_force.channel_sku
            order by in_force.allocation_order
            rows between unbounded preceding and current row
        ) as running_qty
    from in_force
    left join shipped
        on
            in_force.channel_account = shipped.channel_account
            and in_force.order_id = shipped.order_id
            and in_force.channel_sku = shipped.channel_sku
            and in_force.location_id = shipped.location_id

),

final as (

    select
        channel_account,
        order_id,
        channel_sku,
        location_id,
        allocated_qty,
        greatest(0, least(remaining_qty, open_qty - (running_qty - remaining_qty))) as open_qty
    from remaining

)

select * from final
