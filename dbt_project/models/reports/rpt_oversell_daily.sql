with

lines as (

    select * from {{ ref('fct_oversold_order_lines') }}

),

final as (

    select
        ordered_on,
        channel_account,
        oversell_cause,
        coalesce(currency, 'unknown') as currency,
        count(*) as lines_count,
        count(distinct order_id) as orders_count,
        cast(sum(oversold_qty) as bigint) as oversold_qty,
        cast(sum(least(oversold_qty, merchant_cancelled_qty)) as bigint) as oversold_cancelled_qty,
        cast(sum(oversold_amount) as decimal(18, 4)) as oversold_amount,
        cast(sum(oversold_margin_amount) as decimal(18, 4)) as oversold_margin_amount
    from lines
    group by all

)

select * from final
