with

lines as (

    select * from {{ ref('int_order_lines__fulfilled') }} where is_in_scope

),

shipment_lines as (

    select * from {{ ref('int_shipment_lines__unioned') }}

),

policies as (

    {{ resolved_policy('lines', ref('stg_policy__promise'), [['channel_account', 'channel_account']]) }}

),

channel_promises as (

    select
        channel_account,
        order_key,
        max(estimated_arrival_at) as estimated_arrival_at
    from shipment_lines
    where estimated_arrival_at is not null
    group by all

),

orders as (

    select
        lines.channel_account,
        lines.order_id,
        any_value(lines.order_key) as order_key,
        any_value(lines.time_zone) as time_zone,
        {{ local_date(as_of(), 'any_value(lines.time_zone)') }} as as_of_date,
        max(lines.order_date) as order_date,
        bool_and(lines.filled_first_pass_qty = lines.demanded_qty) as is_in_full,
        max(lines.promised_on) as promised_on
    from lines
    group by all

),

committed as (

    select
        orders.*,
        coalesce(
            orders.promised_on,
            {{ local_date('channel_promises.estimated_arrival_at', 'orders.time_zone') }},
            orders.order_date + cast(policies.handling_days + policies.transit_days as integer)
        ) as commit_date
    from orders
    left join channel_promises
        on
            orders.channel_account = channel_promises.channel_account
            and orders.order_key = channel_promises.order_key
    left join policies
        on orders.channel_account = policies.asked_channel_account

),

final as (

    select
        *,
        {{ local_midnight('commit_date + 1', 'time_zone') }} as commit_ends_at
    from committed

)

select * from final
