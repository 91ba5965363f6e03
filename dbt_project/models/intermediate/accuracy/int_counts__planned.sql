with

velocities as (

    select * from {{ ref('int_stock_velocity__classified') }}

),

balances as (

    select * from {{ ref('int_stock_balances__running') }} where next_balanced_at is null

),

locations as (

    select * from {{ ref('int_locations__calendared') }}

),

counts as (

    select
        location_id,
        sku_id,
        max(counted_on) as last_counted_on,
        max_by(variance_qty, counted_at) as last_variance_qty,
        max_by(is_accurate, counted_at) as was_accurate
    from {{ ref('int_counts__judged') }}
    group by all

),

unexplained as (

    select
        location_id,
        sku_id,
        max(stock_on) as unexplained_on,
        max_by(unexplained_qty, stock_on) as unexplained_qty
    from {{ ref('int_stock_positions__daily') }}
    where unexplained_qty != 0
    group by all

),

tolerances as (

    {{ resolved_policy('velocities', ref('stg_policy__count_tolerance'), [['abc_class', 'abc_class']]) }}

),

capacities as (

    {{ resolved_policy('velocities', ref('stg_policy__counting'), [['location_id', 'location_id']]) }}

),

candidates as (

    select
        velocities.*,
        balances.on_hand_qty,
        counts.last_counted_on,
        counts.last_variance_qty,
        unexplained.unexplained_qty,
        locations.last_on,
        tolerances.count_every_days,
        capacities.counts_per_day_count,
        capacities.plan_days,
        counts.last_counted_on + cast(tolerances.count_every_days as integer) as due_on,
        case
            when balances.on_hand_qty < 0 then 1
            when unexplained.unexplained_on > coalesce(counts.last_counted_on, date '0001-01-01') then 2
            when not counts.was_accurate then 3
            when counts.last_counted_on is null then 4
            else 5
        end as reason_rank
    from velocities
    inner join balances
        using (location_id, sku_id)
    inner join locations
        using (location_id)
    inner join tolerances
        on velocities.abc_class = tolerances.asked_abc_class
    inner join capacities
        on velocities.location_id = capacities.asked_location_id
    left join counts
        using (location_id, sku_id)
    left join unexplained
        using (location_id, sku_id)
    -- what a channel keeps in its own centres, nobody of ours can count
    where balances.basis = 'on_hand' and capacities.counts_per_day_count > 0

),

ranked as (

    select
        *,
        row_number() over (
            partition by location_id
            order by
                reason_rank asc,
                abc_class asc,
                due_on asc nulls first,
                xyz_class desc,
                abs(coalesce(unexplained_qty, 0)) desc,
                moved_amount desc,
                sku_id asc
        ) as count_rank
    from candidates
    -- due within the plan, or doubtful today
    where reason_rank < 5 or due_on <= last_on + cast(plan_days as integer)

),

final as (

    select
        *,
        last_on + 1 + cast((count_rank - 1) // counts_per_day_count as integer) as count_on
    from ranked
    where (count_rank - 1) // counts_per_day_count < plan_days

)

select * from final
