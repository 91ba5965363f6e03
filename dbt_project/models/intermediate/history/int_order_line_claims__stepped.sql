with

lines as (

    select lines.*
    from {{ ref('int_order_lines__fulfilled') }} as lines
    anti join {{ ref('int_net_orders__placed') }} as net_orders
        on
            lines.channel_account = net_orders.channel_account
            and lines.order_id = net_orders.order_id
            and lines.channel_sku = net_orders.channel_sku
    where not lines.is_test and lines.requires_shipping and lines.fulfilled_by = 'merchant'

),

allocations as (

    select * from {{ ref('stg_house__allocations') }} where allocated_at <= {{ as_of() }}

),

stated_cancellations as (

    select
        lines.channel_account,
        lines.order_id,
        lines.channel_sku,
        coalesce(cancellations.cancelled_at, lines.cancelled_at, lines.ordered_at) as stepped_at,
        cancellations.cancelled_listing_qty * lines.units_per_listing as cancelled_qty
    from lines
    inner join {{ ref('int_cancellations__unioned') }} as cancellations
        on
            lines.channel_account = cancellations.channel_account
            and lines.order_key = cancellations.order_key
            and lines.channel_sku = cancellations.channel_sku

),

-- what the channel's own status called off beyond what was stated, or less when more was stated than ordered
other_cancellations as (

    select
        lines.channel_account,
        lines.order_id,
        lines.channel_sku,
        coalesce(lines.cancelled_at, lines.ordered_at) as stepped_at,
        any_value(lines.customer_cancelled_qty + lines.merchant_cancelled_qty + lines.unknown_cancelled_qty)
        - coalesce(sum(stated.cancelled_qty), 0) as cancelled_qty
    from lines
    left join stated_cancellations as stated
        on
            lines.channel_account = stated.channel_account
            and lines.order_id = stated.order_id
            and lines.channel_sku = stated.channel_sku
    group by all

),

shipped as (

    select
        lines.channel_account,
        lines.order_id,
        lines.channel_sku,
        shipments.location_id,
        shipments.shipped_at as stepped_at,
        sum(shipments.shipped_qty) as shipped_qty
    from lines
    inner join {{ ref('int_shipment_lines__unioned') }} as shipments
        on
            lines.channel_account = shipments.channel_account
            and lines.order_key = shipments.order_key
            and lines.channel_sku = shipments.channel_sku
    group by all

),

allocated as (

    select
        lines.channel_account,
        lines.order_id,
        lines.channel_sku,
        allocations.location_id,
        allocations.allocated_at,
        allocations.ended_at,
        allocations.allocated_listing_qty * lines.units_per_listing as allocated_qty
    from lines
    inner join allocations
        on
            lines.channel_account = allocations.channel_account
            and lines.order_key = allocations.order_key
            and lines.channel_sku = allocations.channel_sku

),

-- an order opens a line, a cancellation or a parcel closes a part of it; an allocation holds it while it lasts
{%- set keys = 'channel_account, order_id, channel_sku' %}
steps as (

    select {{ keys }}, null as location_id, ordered_at as stepped_at, ordered_qty as open_delta, 0 as held_delta
    from lines
    union all
    select {{ keys }}, null as location_id, stepped_at, -cancelled_qty as open_delta, 0 as held_delta
    from stated_cancellations
    union all
    select {{ keys }}, null as location_id, stepped_at, -cancelled_qty as open_delta, 0 as held_delta
    from other_cancellations
    union all
    select {{ keys }}, location_id, stepped_at, -shipped_qty as open_delta, -shipped_qty as held_delta
    from shipped
    union all
    select {{ keys }}, location_id, allocated_at as stepped_at, 0 as open_delta, allocated_qty as held_delta
    from allocated
    union all
    select {{ keys }}, location_id, ended_at as stepped_at, 0 as open_delta, -allocated_qty as held_delta
    from allocated
    where ended_at <= {{ as_of() }}

),

final as (

    select
        {{ keys }},
        location_id,
        stepped_at,
        cast(sum(open_delta) as bigint) as open_delta,
        cast(sum(held_delta) as bigint) as held_delta
    from steps
    group by all

)

select * from final
