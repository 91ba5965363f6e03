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
        shipment_lines.channel_account,
        shipment_lines.order_key,
        max({{ local_date('shipment_lines.estimated_arrival_at', 'accounts.time_zone') }}) as promised_on
    from shipment_lines
    inner join {{ ref('int_accounts__known') }} as accounts
        on shipment_lines.channel_account = accounts.account
    where shipment_lines.estimated_arrival_at is not null
    group by all

),

final as (

    select
        lines.channel_account,
        lines.order_id,
        any_value(lines.order_key) as order_key,
        any_value(lines.time_zone) as time_zone,
        any_value(lines.as_of_date) as as_of_date,
        max(lines.order_date) as order_date,
        bool_and(lines.filled_first_pass_qty = lines.demanded_qty) as is_in_full,
        coalesce(
            max(lines.promised_on),
            max(channel_promises.promised_on),
            max(lines.order_date) + cast(any_value(policies.handling_days + policies.transit_days) as integer)
        ) as commit_date
    from lines
    left join channel_promises
        on
            lines.channel_account = channel_promises.channel_account
            and lines.order_key = channel_promises.order_key
    left join policies
        on lines.channel_account = policies.asked_channel_account
    group by all

)

select * from final
