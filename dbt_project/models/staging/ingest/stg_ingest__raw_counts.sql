{%- set tables = [
    'amazon__fba_inventory',
    'amazon__fba_returns',
    'amazon__fba_shipments',
    'amazon__orders',
    'house__allocations',
    'house__cancellations',
    'house__kits',
    'house__listings',
    'house__locations',
    'house__orders',
    'house__products',
    'house__purchase_orders',
    'house__receipts',
    'house__returns',
    'house__shipments',
    'house__stock_movements',
    'house__stock_snapshots',
    'house__supplier_terms',
    'house__suppliers',
    'shopify__inventory',
    'shopify__orders',
    'shopify__products',
] -%}
with counted as (
    {% for table in tables %}
        select
            '{{ table.split('__')[0] }}' as system,
            '{{ table.split('__')[1] }}' as entity,
            _account as account,
            count(*) as rows_count
        from {{ source('raw', table) }}
        group by _account
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select * from counted
)

select * from final
