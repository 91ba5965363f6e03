with purchase_orders as (
    select * from {{ ref('int_purchase_orders__unioned') }}
),

receipts as (
    select * from {{ ref('int_receipts__unioned') }}
),

settings as (
    select as_of_on from {{ ref('stg_company__settings') }}
),

received as (
    select
        po_id,
        po_line,
        cast(sum(received_qty) as bigint) as received_qty,
        cast(sum(damaged_qty) as bigint) as damaged_qty,
        min(received_at) as first_received_at,
        max(received_at) as last_received_at
    from receipts
    group by po_id, po_line
),

final as (
    select
        purchase_orders.*,
        coalesce(received.received_qty, 0) as received_qty,
        coalesce(received.damaged_qty, 0) as damaged_qty,
        received.first_received_at,
        received.last_received_at,
        case
            when purchase_orders.status = 'open'
                then greatest(
                    0,
                    purchase_orders.ordered_qty
                    - purchase_orders.cancelled_qty
                    - coalesce(received.received_qty, 0)
                )
            else 0
        end as open_qty,
        settings.as_of_on
    from purchase_orders
    cross join settings
    left join received
        on
            purchase_orders.po_id = received.po_id
            and purchase_orders.po_line = received.po_line
)

select * from final
