with suppliers as (
    select * from {{ ref('stg_house__suppliers') }}
),

terms as (
    select
        supplier_id,
        count(distinct sku_id) as skus_count
    from {{ ref('stg_house__supplier_terms') }}
    group by supplier_id
),

purchase_orders as (
    select
        supplier_id,
        count(*) as po_lines_count,
        count(*) filter (where open_qty > 0) as open_po_lines_count
    from {{ ref('int_purchase_orders__received') }}
    group by supplier_id
),

lead_times as (
    select * from {{ ref('int_lead_times__observed') }} where sku_id is null
),

-- a supplier that only terms or orders name is still a supplier
named as (
    select supplier_id from suppliers
    union
    select supplier_id from terms
    union
    select supplier_id from purchase_orders
),

final as (
    select
        named.supplier_id,
        coalesce(suppliers.supplier_name, named.supplier_id) as supplier_name,
        suppliers.currency,
        coalesce(suppliers.is_active, true) as is_active,
        suppliers.supplier_id is not null as is_declared,
        suppliers.lead_time_days as declared_lead_time_days,
        suppliers.review_days,
        cast(suppliers.min_order_amount as decimal(18, 4)) as min_order_amount,
        cast(coalesce(lead_times.receipts_count, 0) as bigint) as receipts_count,
        cast(lead_times.lead_time_days as double) as observed_lead_time_days,
        cast(lead_times.lead_time_sd_days as double) as observed_lead_time_sd_days,
        cast(coalesce(terms.skus_count, 0) as bigint) as skus_count,
        cast(coalesce(purchase_orders.po_lines_count, 0) as bigint) as po_lines_count,
        cast(coalesce(purchase_orders.open_po_lines_count, 0) as bigint) as open_po_lines_count
    from named
    left join suppliers on named.supplier_id = suppliers.supplier_id
    left join terms on named.supplier_id = terms.supplier_id
    left join purchase_orders on named.supplier_id = purchase_orders.supplier_id
    left join lead_times on named.supplier_id = lead_times.supplier_id
    where named.supplier_id is not null
)

select * from final
