{{ config(materialized='view') }}

with

-- a partner's messages state orders only where the account is said to be a sales channel
channels as (

    select
        account as channel_account,
        currency as account_currency,
        coalesce(time_zone, 'UTC') as time_zone
    from {{ ref('stg_company__accounts') }}
    where is_sales_channel

),

messages as (

    select
        *,
        'x12_850' as statement_source,
        null as other_order_key
    from {{ ref('stg_x12__order_messages') }}
    union all by name
    select
        *,
        'x12_940' as statement_source
    from {{ ref('stg_x12__warehouse_orders') }}
    where purpose_code != 'information'

),

transactions as (

    select
        account,
        statement_source,
        order_key,
        transaction_id,
        stated_at,
        (stated_at, transaction_id) as told_at,
        any_value(purpose_code) = '01' as is_cancelling
    from messages
    group by all

),

-- the newest original or replacement states the whole order; a cancellation after it calls off what has not left
orders as (

    select
        account,
        statement_source,
        order_key,
        min(stated_at) as first_stated_at,
        max(stated_at) filter (where is_cancelling) as called_off_at,
        arg_max(transaction_id, told_at) filter (where not is_cancelling) as transaction_id,
        coalesce(
            max(told_at) filter (where is_cancelling) > max(told_at) filter (where not is_cancelling), false
        ) as is_called_off
    from transactions
    group by all

),

trade_lines as (

    select
        messages.*,
        orders.is_called_off as is_remainder_cancelled,
        case when orders.is_called_off then orders.called_off_at end as order_cancelled_at,
        orders.first_stated_at as ordered_at,
        messages.ordered_qty as ordered_listing_qty
    from messages
    inner join orders
        using (account, statement_source, order_key, transaction_id)

),

unioned as (

    select * from trade_lines
    union all by name
    select
        *,
        'shipbob' as statement_source,
        coalesce(order_status in ('cancelled', 'canceled'), false) as is_remainder_cancelled
    from {{ ref('stg_shipbob__order_lines') }}

),

final as (

    select
        channels.channel_account,
        unioned.order_id,
        unioned.order_key,
        unioned.other_order_key,
        unioned.statement_source,
        unioned.channel_sku,
        coalesce({{ local_midnight('unioned.ordered_on', 'channels.time_zone') }}, unioned.ordered_at) as ordered_at,
        unioned.ordered_listing_qty,
        unioned.line_amount,
        coalesce(unioned.currency, channels.account_currency) as currency,
        unioned.promised_on,
        {{ local_midnight('unioned.ship_by_on + 1', 'channels.time_zone') }} as ship_by_at,
        unioned.ship_country,
        unioned.ship_postcode_prefix,
        unioned.is_remainder_cancelled,
        unioned.order_cancelled_at,
        0 as implied_listing_qty,
        unioned.stated_at,
        unioned.source_file,
        unioned.source_row
    from unioned
    inner join channels
        on unioned.account = channels.channel_account

)

select * from final
