with

balances as (

    select * from {{ ref('int_stock_balances__running') }} where next_balanced_at is null

),

policies as (

    {{ resolved_policy('balances', ref('stg_policy__counting'), [['location_id', 'location_id']]) }}

),

products as (

    select * from {{ ref('int_products__known') }}

),

-- whole weeks back from as_of, so that weeks without demand count as such
weekly as (

    select
        events.location_id,
        events.sku_id,
        cast(floor((epoch({{ as_of() }}) - epoch(events.event_at)) / 604800) as bigint) as weeks_ago,
        -sum(events.delta_qty) as moved_qty
    from {{ ref('int_stock_events__historic') }} as events
    inner join policies
        on events.location_id = policies.asked_location_id
    where
        events.event_class in ('shipment', 'order')
        and events.state in ('on_hand', 'net_orders')
        and events.event_at > {{ as_of() }} - to_days(cast(policies.demand_days // 7 * 7 as integer))
    group by all

),

velocities as (

    select
        balances.location_id,
        balances.sku_id,
        any_value(policies.a_value_rate) as a_value_rate,
        any_value(policies.b_value_rate) as b_value_rate,
        any_value(policies.x_cv_rate) as x_cv_rate,
        any_value(policies.y_cv_rate) as y_cv_rate,
        any_value(products.unit_cost_amount) as unit_cost_amount,
        any_value(products.currency) as currency,
        any_value(policies.demand_days // 7) as weeks_count,
        cast(coalesce(sum(weekly.moved_qty), 0) as bigint) as moved_qty,
        coalesce(sum(weekly.moved_qty * weekly.moved_qty), 0) as squared_qty
    from balances
    inner join policies
        on balances.location_id = policies.asked_location_id
    inner join products
        on balances.sku_id = products.sku_id
    left join weekly
        on
            balances.location_id = weekly.location_id
            and balances.sku_id = weekly.sku_id
    where products.is_stock_tracked
    group by all

),

valued as (

    select
        *,
        cast(moved_qty * coalesce(unit_cost_amount, 0) as decimal(18, 4)) as moved_amount,
        cast(moved_qty as double) / (7 * weeks_count) as moved_per_day_qty,
        sqrt(greatest(0, squared_qty * 1.0 / weeks_count - (moved_qty * 1.0 / weeks_count) ** 2))
        / nullif(moved_qty * 1.0 / weeks_count, 0) as week_cv
    from velocities

),

ranked as (

    select
        *,
        sum(moved_amount) over (
            partition by location_id
            order by moved_amount desc, moved_qty desc, sku_id asc
            rows between unbounded preceding and current row
        ) - moved_amount as amount_before,
        sum(moved_amount) over (partition by location_id) as location_amount
    from valued

),

final as (

    select
        location_id,
        sku_id,
        unit_cost_amount,
        currency,
        moved_qty,
        moved_amount,
        moved_per_day_qty,
        week_cv,
        case
            when moved_qty <= 0 or amount_before >= b_value_rate * location_amount then 'C'
            when amount_before >= a_value_rate * location_amount then 'B'
            else 'A'
        end as abc_class,
        case
            when week_cv <= x_cv_rate then 'X'
            when week_cv <= y_cv_rate then 'Y'
            else 'Z'
        end as xyz_class
    from ranked

)

select * from final
