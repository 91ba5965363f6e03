with

due as (

    select * from {{ ref('fct_orders') }} where is_in_scope and is_due

),

counted as (

    select
        commit_date,
        channel_account,
        count(*) as orders_due_count,
        count(*) filter (where is_perfect) as perfect_count,
        count(*) filter (where is_in_full) as in_full_count,
        count(*) filter (where is_on_time) as on_time_count,
        count(*) filter (where is_undamaged) as undamaged_count,
        count(*) filter (where is_documented) as documented_count,
        count(*) filter (where is_perfect is null) as unjudged_count
    from due
    group by all

),

final as (

    select
        *,
        -- unknown is not a pass: every due order is in the denominator
        {{ safe_divide('perfect_count', 'orders_due_count') }} as perfect_order_rate
    from counted

)

select * from final
