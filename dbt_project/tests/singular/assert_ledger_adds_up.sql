-- Opening and what moved give the expected closing; a day opens as the last one closed; no difference is hidden.
with

ledger as (

    select
        *,
        lag(closing_qty) over (partition by sku_id, location_id order by stock_on) as last_closing_qty
    from {{ ref('fct_stock_ledger_daily') }}

)

select *
from ledger
where
    expected_closing_qty
    != opening_qty + receipts_qty + shipments_qty + returns_qty + adjustments_qty
    + transfers_qty + assemblies_qty + orders_qty
    or closing_qty != expected_closing_qty + unexplained_qty
    or opening_qty != coalesce(last_closing_qty, opening_qty)
    or (stated_closing_qty is null) = is_stated
    or (unexplained_qty != 0 and not is_stated)
