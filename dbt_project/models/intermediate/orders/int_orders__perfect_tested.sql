with

orders as (

    select * from {{ ref('int_orders__promised') }}

),

deliveries as (

    select * from {{ ref('int_orders__delivered') }}

),

return_lines as (

    select * from {{ ref('int_return_lines__unioned') }}

),

damage_returns as (

    select distinct
        channel_account,
        order_key
    from return_lines
    where is_damage

),

components as (

    select
        orders.*,
        case
            when orders.commit_date is null then null
            when deliveries.is_all_by_commit then true
            when deliveries.is_maybe_by_commit then null
            else false
        end as is_on_time,
        case
            when deliveries.has_damage or damage_returns.order_key is not null then false
            when deliveries.is_all_delivered then true
        end as is_undamaged,
        case
            when deliveries.has_missing_documents then false
            when not deliveries.has_unknown_documents then true
        end as is_documented
    from orders
    inner join deliveries
        on
            orders.channel_account = deliveries.channel_account
            and orders.order_id = deliveries.order_id
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
