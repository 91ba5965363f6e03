with

final as (

    select
        location_id,
        sku_id,
        count_on,
        cast(count_rank as bigint) as count_rank,
        abc_class,
        xyz_class,
        on_hand_qty,
        cast(moved_per_day_qty as double) as moved_per_day_qty,
        moved_amount,
        currency,
        last_counted_on,
        due_on,
        case reason_rank
            when 1 then 'The book is below zero (' || on_hand_qty || ').'
            when 2 then 'The last statement differs by ' || unexplained_qty || ', which nothing explains.'
            when 3 then 'The last count was off by ' || last_variance_qty || ', beyond tolerance.'
            when 4 then 'Never counted.'
            else 'Last counted on ' || last_counted_on || ', due on ' || due_on || '.'
        end
        || ' Class ' || abc_class || xyz_class || ', counted every ' || count_every_days || ' days.' as count_reason
    from {{ ref('int_counts__planned') }}

)

select * from final
