with

final as (

    select
        account as stated_by_account,
        count_id,
        location_id,
        sku_id,
        counted_at,
        counted_on,
        reason as count_reason,
        abc_class,
        tolerance_rate,
        counted_qty,
        book_qty,
        book_source,
        variance_qty,
        is_accurate,
        unit_cost_amount,
        currency,
        cast(variance_qty * unit_cost_amount as decimal(18, 4)) as variance_amount
    from {{ ref('int_counts__judged') }}

)

select * from final
