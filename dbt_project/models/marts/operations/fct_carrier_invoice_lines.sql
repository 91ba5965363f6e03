with

invoices as (

    select
        *,
        upper(replace(tracking_number, ' ', '')) as tracking_key
    from {{ ref('stg_house__carrier_invoices') }}

),

-- one parcel may carry several lines of an order, and a number may come back after years: the newest parcel is meant
by_tracking as (

    select
        upper(replace(tracking_number, ' ', '')) as tracking_key,
        shipment_id,
        channel_account,
        order_id,
        order_key,
        location_id
    from {{ ref('fct_shipment_lines') }}
    where tracking_number is not null
    qualify row_number() over (
        partition by upper(replace(tracking_number, ' ', ''))
        order by shipped_at desc, shipment_id asc, shipment_line asc
    ) = 1

),

by_shipment as (

    select
        shipment_id,
        min(channel_account) as channel_account,
        min(order_id) as order_id,
        min(order_key) as order_key,
        min(location_id) as location_id
    from {{ ref('fct_shipment_lines') }}
    group by shipment_id
    having count(distinct channel_account || '|' || order_key) = 1

),

final as (

    select
        invoices.account,
        invoices.carrier,
        invoices.invoice_id,
        invoices.invoice_line,
        invoices.tracking_number,
        invoices.service,
        cast(invoices.billed_weight_grams as decimal(18, 4)) as billed_weight_grams,
        invoices.charge_type,
        cast(invoices.charge_amount as decimal(18, 4)) as charge_amount,
        invoices.currency,
        invoices.invoiced_on,
        invoices.shipped_on,
        coalesce(by_tracking.shipment_id, by_shipment.shipment_id) as shipment_id,
        coalesce(by_tracking.channel_account, by_shipment.channel_account) as channel_account,
        coalesce(by_tracking.order_id, by_shipment.order_id) as order_id,
        coalesce(by_tracking.order_key, by_shipment.order_key) as order_key,
        coalesce(by_tracking.location_id, by_shipment.location_id) as location_id,
        case
            when by_tracking.tracking_key is not null then 'tracking_number'
            when by_shipment.shipment_id is not null then 'shipment_id'
            else 'none'
        end as match_method
    from invoices
    left join by_tracking
        on invoices.tracking_key = by_tracking.tracking_key
    left join by_shipment
        on invoices.shipment_id = by_shipment.shipment_id

)

select * from final
