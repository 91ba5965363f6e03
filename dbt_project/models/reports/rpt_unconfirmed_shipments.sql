with

confirmations as (

    select * from {{ ref('fct_shipment_confirmations') }}
    where status not in ('known', 'not_ours')

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
