with

lines as (

    select * from {{ ref('int_order_lines__fulfilled') }} where is_in_scope

),

shipment_lines as (

    select * from {{ ref('int_shipment_lines__unioned') }}

),

return_lines as (

    select * from {{ ref('int_return_lines__unioned') }}

),

policies as (

    {{ resolved_policy('lines', ref('stg_policy__promise'), [['channel_account', 'channel_account']]) }}

),

channel_promises as (

    select
        shipment_lines.channel_account,
        shipment_lines.order_key,
        max({{ local_date('shipment_lines.estimated_arrival_at', 'accounts.time_zone') }}) as promised_on
    from shipment_lines
    inner join {{ ref('int_accounts__known') }} as accounts
        on shipment_lines.channel_account = accounts.account
    where shipment_lines.estimated_arrival_at is not null
    group by all

),

orders as (

    select
        lines.channel_account,
        lines.order_id,
        any_value(lines.order_key) as order_key,
        any_value(lines.time_zone) as time_zone,
        any_value(lines.as_of_date) as as_of_date,
        min(lines.order_date) as order_date,
        bool_and(lines.filled_first_pass_qty = lines.demanded_qty) as is_in_full,
        coalesce(
            max(lines.promised_on),
            max(channel_promises.promised_on),
            min(lines.order_date) + cast(any_value(policies.handling_days + policies.transit_days) as integer)
        ) as commit_date
    from lines
    left join channel_promises
        on
            lines.channel_account = channel_promises.channel_account
            and lines.order_key = channel_promises.order_key
    left join policies
        on lines.channel_account = policies.asked_channel_account
    group by all

),

order_shipments as (

    select
        orders.channel_account,
        orders.order_id,
        shipment_lines.channel_sku,
        shipment_lines.shipped_qty,
        shipment_lines.damaged_qty,
        shipment_lines.is_tracked,
        shipment_lines.is_delivered,
        -- a status read off the order says nothing about papers; a parcel without number or statement fails
        case
            when shipment_lines.shipment_source = 'implied' then null
            else coalesce(shipment_lines.documents_ok, shipment_lines.tracking_number is not null)
        end as is_documented,
        coalesce(
            shipment_lines.is_tracked
            and {{ local_date('shipment_lines.delivered_at', 'orders.time_zone') }} <= orders.commit_date, false
        ) as is_delivered_by_commit,
        not shipment_lines.is_tracked
        and {{ local_date('shipment_lines.shipped_at', 'orders.time_zone') }} <= orders.commit_date as may_be_delivered_by_commit
    from orders
    inner join shipment_lines
        on
            orders.channel_account = shipment_lines.channel_account
            and orders.order_key = shipment_lines.order_key

),

arrivals as (

    select
        channel_account,
        order_id,
        channel_sku,
        sum(shipped_qty) filter (where is_delivered_by_commit) as delivered_by_commit_qty,
        sum(shipped_qty) filter (where may_be_delivered_by_commit) as maybe_by_commit_qty
    from order_shipments
    group by all

),

punctuality as (

    select
        lines.channel_account,
        lines.order_id,
        bool_and(coalesce(arrivals.delivered_by_commit_qty, 0) >= lines.demanded_qty) as is_all_by_commit,
        bool_and(
            coalesce(arrivals.delivered_by_commit_qty, 0) + coalesce(arrivals.maybe_by_commit_qty, 0) >= lines.demanded_qty
        ) as is_maybe_by_commit
    from lines
    left join arrivals
        on
            lines.channel_account = arrivals.channel_account
            and lines.order_id = arrivals.order_id
            and lines.channel_sku = arrivals.channel_sku
    group by all

),

parcels as (

    select
        channel_account,
        order_id,
        bool_or(damaged_qty > 0) as has_damage,
        bool_and(is_tracked and is_delivered) as is_all_delivered,
        bool_or(not is_documented) as has_missing_documents,
        bool_or(is_documented is null) as has_unknown_documents
    from order_shipments
    group by all

),

damage_returns as (

    select distinct channel_account, order_key from return_lines where is_damage

),

components as (

    select
        orders.*,
        case
            when punctuality.is_all_by_commit then true
            when punctuality.is_maybe_by_commit then null
            else false
        end as is_on_time,
        case
            when parcels.has_damage or damage_returns.order_key is not null then false
            when parcels.is_all_delivered then true
        end as is_undamaged,
        case
            when parcels.has_missing_documents then false
            when not parcels.has_unknown_documents then true
        end as is_documented
    from orders
    inner join punctuality
        on
            orders.channel_account = punctuality.channel_account
            and orders.order_id = punctuality.order_id
    left join parcels
        on
            orders.channel_account = parcels.channel_account
            and orders.order_id = parcels.order_id
    left join damage_returns
        on
            orders.channel_account = damage_returns.channel_account
            and orders.order_key = damage_returns.order_key

),

final as (

    select
        *,
        -- sql's own logic: any false fails, else any unknown leaves it unjudged
        is_in_full and is_on_time and is_undamaged and is_documented as is_perfect,
        coalesce(commit_date < as_of_date, false) as is_due
    from components

)

select * from final
