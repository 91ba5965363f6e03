with

planned as (

    select * from {{ ref('fct_cycle_counts_planned') }}

),

products as (

    select * from {{ ref('dim_product') }}

),

final as (

    select
        planned.location_id,
        planned.sku_id,
        products.title,
        planned.count_on,
        planned.count_rank,
        planned.abc_class,
        planned.xyz_class,
        planned.on_hand_qty,
        planned.moved_per_day_qty,
        planned.moved_amount,
        planned.currency,
        planned.last_counted_on,
        planned.count_reason
    from planned
    left join products
        on planned.sku_id = products.sku_id

)

select * from final
