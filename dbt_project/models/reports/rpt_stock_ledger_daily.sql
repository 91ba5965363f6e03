with

ledger as (

    select * from {{ ref('fct_stock_ledger_daily') }}

),

products as (

    select * from {{ ref('dim_product') }}

),

final as (

    select
        ledger.sku_id,
        ledger.location_id,
        ledger.stock_on,
        products.title,
        ledger.basis,
        ledger.opening_qty,
        ledger.receipts_qty,
        ledger.shipments_qty,
        ledger.returns_qty,
        ledger.adjustments_qty,
        ledger.transfers_qty,
        ledger.assemblies_qty,
        ledger.orders_qty,
        ledger.expected_closing_qty,
        ledger.stated_closing_qty,
        ledger.unexplained_qty,
        ledger.closing_qty,
        ledger.is_stated,
        cast(ledger.unexplained_qty * products.unit_cost_amount as decimal(18, 4)) as unexplained_cost_amount,
        products.currency
    from ledger
    left join products
        on ledger.sku_id = products.sku_id

)

select * from final
