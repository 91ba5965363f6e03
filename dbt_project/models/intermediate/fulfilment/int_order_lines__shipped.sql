{{ config(**by_order()) }}

with

shipment_lines as (

    select * from {{ touched(ref('int_shipment_lines__unioned')) }}

),

policies as (

    {{ resolved_policy('shipment_lines', ref('stg_policy__fill'), [['channel_account', 'channel_account']]) }}

),

-- the order's first hand-over, whichever of its lines left
hand_overs as (

    select
        channel_account,
        order_key,
        min(shipped_at) as first_shipped_at
    from shipment_lines
    group by all

),

final as (

    select
        shipment_lines.channel_account,
        shipment_lines.order_key,
        shipment_lines.channel_sku,
        any_value(hand_overs.first_shipped_at) as first_shipped_at,
        max(shipment_lines.shipped_at) as last_shipped_at,
        cast(sum(shipment_lines.shipped_listing_qty) as bigint) as shipped_listing_qty,
        cast(coalesce(sum(shipment_lines.shipped_listing_qty) filter (
            where policies.first_release_hours is null
            or shipment_lines.shipped_at <= hand_overs.first_shipped_at + {{ hours('policies.first_release_hours') }}
        ), 0) as bigint) as first_release_listing_qty
    from shipment_lines
    inner join hand_overs
        on
            shipment_lines.channel_account = hand_overs.channel_account
            and shipment_lines.order_key = hand_overs.order_key
    left join policies
        on shipment_lines.channel_account = policies.asked_channel_account
    group by all

)

select * from final
