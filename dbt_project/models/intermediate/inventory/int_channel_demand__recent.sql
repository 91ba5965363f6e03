with

-- four weeks smooth out the weekday without reaching back into another season
final as (

    select
        channel_account,
        sku_id,
        sum(ordered_qty - customer_cancelled_qty - merchant_cancelled_qty - unknown_cancelled_qty) as recent_qty
    from {{ ref('int_order_lines__fulfilled') }}
    where ordered_at > {{ as_of() }} - interval 28 days and not is_test and requires_shipping
    group by all

)

select * from final
