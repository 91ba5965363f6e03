with

cases as (

    select * from {{ ref('stg_house__service_cases') }}

),

orders as (

    select
        channel_account,
        order_key,
        min(order_id) as order_id
    from {{ ref('fct_orders') }}
    group by channel_account, order_key

),

final as (

    select
        cases.account,
        cases.case_id,
        cases.channel_account,
        cases.order_id,
        {{ order_key('cases.order_id') }} as order_key,
        cases.channel_sku,
        cases.reason,
        cases.opened_at,
        cases.closed_at,
        cases.resolution,
        round((epoch(coalesce(cases.closed_at, {{ as_of() }})) - epoch(cases.opened_at)) / 3600, 4) as open_hours,
        cases.closed_at is null as is_open,
        orders.order_key is not null as is_order_known,
        cast(cases.cost_amount as decimal(18, 4)) as cost_amount,
        cases.currency
    from cases
    left join orders
        on
            cases.channel_account = orders.channel_account
            and {{ order_key('cases.order_id') }} = orders.order_key

)

select * from final
