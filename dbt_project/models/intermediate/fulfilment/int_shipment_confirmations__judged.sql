with

parcels as (

    select
        *,
        {{ as_word('carrier') }} as carrier_word
    from {{ ref('int_parcel_lines__compared') }}

),

lines as (

    select * from {{ ref('int_order_lines__confirmable') }}

),

described as (

    select
        parcels.* exclude (order_id),
        coalesce(lines.order_id, parcels.order_id) as order_id,
        lines.channel_order_id,
        lines.channel_line_id,
        lines.system,
        lines.ordered_listing_qty,
        lines.cancelled_listing_qty,
        lines.is_ours,
        coalesce(lines.refunds_count, 0) as refunds_count,
        lines.order_due_listing_qty
    from parcels
    left join lines
        on
            parcels.channel_account = lines.channel_account
            and parcels.order_key = lines.order_key
            and parcels.channel_sku = lines.channel_sku

),

carriers as (

    {{ resolved_policy('described', ref('stg_policy__carrier'), [
        ['channel_account', 'channel_account'], ['system', 'system'], ['carrier_word', 'carrier']
    ]) }}

),

final as (

    select
        described.*,
        carriers.carrier_code,
        {{ confirmation_status() }} as status
    from described
    left join carriers
        on
            described.channel_account = carriers.asked_channel_account
            and described.system = carriers.asked_system
            and described.carrier_word = carriers.asked_carrier_word

)

select * from final
