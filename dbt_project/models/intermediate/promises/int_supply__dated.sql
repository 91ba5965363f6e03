with

purchase_orders as (

    select * from {{ ref('int_purchase_orders__expected') }} where expected_on is not null

),

received as (

    select *
    from {{ ref('int_purchase_orders__received') }}
    where promised_on is not null and last_received_at is not null

),

settings as (

    select
        as_of_on,
        time_zone
    from {{ ref('stg_company__settings') }}

),

-- half of a supplier's lines come later than this; being early is no reason to promise early
slips as (

    select
        received.supplier_id,
        cast(greatest(0, ceil(median(
            {{ local_date('received.last_received_at', 'settings.time_zone') }} - received.promised_on
        ))) as integer) as slip_days
    from received
    cross join settings
    group by all
    having count(*) >= 3

),

ordered as (

    select
        purchase_orders.location_id,
        purchase_orders.sku_id,
        -- a promise slips as the supplier's promises do; a consignment on its way has dates of its own
        purchase_orders.expected_on
        + case when purchase_orders.expected_source = 'promise' then coalesce(slips.slip_days, 0) else 0 end as due_on,
        purchase_orders.expected_qty as receipt_qty
    from purchase_orders
    left join slips
        on purchase_orders.supplier_id = slips.supplier_id

),

transferred as (

    select
        to_location_id as location_id,
        sku_id,
        expected_on as due_on,
        shipped_qty - received_qty as receipt_qty
    from {{ ref('stg_house__transfers') }}
    where expected_on is not null and status = 'in_transit' and shipped_qty > received_qty

),

supply as (

    select * from ordered
    union all
    select * from transferred

),

final as (

    select
        supply.location_id,
        supply.sku_id,
        -- what is overdue is not here yet
        greatest(supply.due_on, settings.as_of_on + 1) as due_on,
        cast(sum(supply.receipt_qty) as bigint) as receipt_qty
    from supply
    cross join settings
    group by all

)

select * from final
