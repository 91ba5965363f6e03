with purchase_orders as (
    select * from {{ ref('int_purchase_orders__unioned') }}
),

receipts as (
    select * from {{ ref('int_receipts__unioned') }}
),

waits as (
    select
        purchase_orders.supplier_id,
        purchase_orders.sku_id,
        receipts.received_qty,
        (epoch(receipts.received_at) - epoch(purchase_orders.ordered_at)) / 86400 as wait_days
    from receipts
    inner join purchase_orders
        on
            receipts.po_id = purchase_orders.po_id
            and receipts.po_line = purchase_orders.po_line
    where
        receipts.received_qty > 0
        and receipts.received_at >= purchase_orders.ordered_at
),

-- a cell with no SKU is the whole supplier
cells as (
    select
        supplier_id,
        sku_id,
        received_qty,
        wait_days
    from waits
    union all
    select
        supplier_id,
        cast(null as varchar) as sku_id,
        received_qty,
        wait_days
    from waits
),

centred as (
    select
        *,
        sum(received_qty * wait_days) over cell / sum(received_qty) over cell as mean_days
    from cells
    window cell as (partition by supplier_id, sku_id)
),

final as (
    select
        supplier_id,
        sku_id,
        count(*) as receipts_count,
        round(max(mean_days), 9) as lead_time_days,
        round(sqrt(sum(received_qty * pow(wait_days - mean_days, 2)) / sum(received_qty)), 9) as lead_time_sd_days
    from centred
    group by supplier_id, sku_id
)

select * from final
