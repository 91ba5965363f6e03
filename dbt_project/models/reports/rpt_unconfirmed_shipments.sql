with

-- a channel that has no system of its own but our templates knows what they say
confirmations as (

    select told.*
    from {{ ref('fct_shipment_confirmations') }} as told
    left join {{ ref('dim_channel') }} as channels
        on told.channel_account = channels.channel_account
    where
        told.status not in ('known', 'not_ours')
        and (told.destination is not null or coalesce(channels.system, '') != 'house')

),

outcomes as (

    select * from {{ ref('fct_push_rows') }}
    where is_latest

),

final as (

    select
        confirmations.channel_account,
        confirmations.confirmation_id,
        confirmations.order_id,
        confirmations.channel_sku,
        confirmations.sku_id,
        confirmations.shipment_source,
        confirmations.tracking_number,
        confirmations.carrier,
        confirmations.carrier_code,
        confirmations.shipped_at,
        confirmations.shipped_listing_qty,
        confirmations.status,
        confirmations.destination,
        outcomes.status as push_status,
        outcomes.reason as push_reason,
        cast(date_diff('hour', confirmations.shipped_at, confirmations.as_of_at) as bigint) as waiting_hours
    from confirmations
    left join outcomes
        on
            confirmations.destination = outcomes.destination
            and confirmations.confirmation_id = outcomes.row_key

)

select * from final
