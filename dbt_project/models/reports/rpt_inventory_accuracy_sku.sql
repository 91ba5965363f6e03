with

-- a count without a book to compare with can be neither right nor wrong
counts as (

    select * from {{ ref('fct_cycle_count_lines') }} where book_qty is not null

),

final as (

    select
        sku_id,
        location_id,
        coalesce(currency, 'unknown') as currency,
        count(*) as counts_count,
        count(*) filter (where is_accurate) as accurate_count,
        {{ safe_divide('count(*) filter (where is_accurate)', 'count(*)') }} as inventory_accuracy_rate,
        cast(sum(greatest(0, book_qty)) as bigint) as book_qty,
        cast(sum(counted_qty) as bigint) as counted_qty,
        cast(sum(variance_qty) as bigint) as net_variance_qty,
        cast(sum(abs(variance_qty)) as bigint) as gross_variance_qty,
        cast(sum(variance_amount) as decimal(18, 4)) as net_variance_amount,
        cast(sum(abs(variance_amount)) as decimal(18, 4)) as gross_variance_amount,
        max(counted_on) as last_counted_on,
        max_by(abc_class, counted_at) as abc_class
    from counts
    group by all

)

select * from final
