-- Every open unit of an order line is on a location or charged to the pool, once.
with

open_lines as (

    select
        channel_account,
        order_id,
        channel_sku,
        open_qty
    from {{ ref('fct_order_lines') }}
    where open_qty > 0

),

placed_lines as (

    select
        channel_account,
        order_id,
        channel_sku,
        sum(open_qty) as placed_qty
    from {{ ref('int_order_lines__placed') }}
    group by all
    having sum(open_qty) > 0

)

select
    channel_account,
    order_id,
    channel_sku,
    open_lines.open_qty,
    placed_lines.placed_qty
from open_lines
full outer join placed_lines
    using (channel_account, order_id, channel_sku)
where open_lines.open_qty is distinct from placed_lines.placed_qty
