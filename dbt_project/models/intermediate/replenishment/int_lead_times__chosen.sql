with positions as (
    select * from {{ ref('int_reorder__positions') }}
),

policies as (
    select * from {{ ref('int_replenishment_policies__resolved') }}
),

suppliers as (
    select * from {{ ref('int_suppliers__preferred') }}
),

lead_times as (
    select * from {{ ref('int_lead_times__observed') }}
),

gathered as (
    select
        positions.sku_id,
        positions.location_id,
        suppliers.supplier_id,
        coalesce(suppliers.review_days, policies.review_days) as review_days,
        policies.default_lead_time_cv_rate,
        of_sku.receipts_count >= policies.min_receipts_count as is_sku_cell_thick,
        of_sku.receipts_count as sku_receipts_count,
        of_sku.lead_time_days as sku_days,
        of_sku.lead_time_sd_days as sku_sd_days,
        of_supplier.receipts_count >= policies.min_receipts_count as is_supplier_cell_thick,
        of_supplier.receipts_count as supplier_receipts_count,
        of_supplier.lead_time_days as supplier_days,
        of_supplier.lead_time_sd_days as supplier_sd_days,
        suppliers.terms_lead_time_days,
        suppliers.supplier_lead_time_days,
        coalesce(suppliers.terms_lead_time_days, suppliers.supplier_lead_time_days, policies.default_lead_time_days)
            as declared_days
    from positions
    left join policies on positions.location_id = policies.location_id
    left join suppliers on positions.sku_id = suppliers.sku_id
    left join lead_times as of_sku
        on
            suppliers.supplier_id = of_sku.supplier_id
            and positions.sku_id = of_sku.sku_id
    left join lead_times as of_supplier
        on
            suppliers.supplier_id = of_supplier.supplier_id
            and of_supplier.sku_id is null
),

sourced as (
    select
        *,
        case
            when is_sku_cell_thick then 'receipts of the SKU'
            when is_supplier_cell_thick then 'receipts of the supplier'
            when terms_lead_time_days is not null then 'supplier terms'
            when supplier_lead_time_days is not null then 'supplier declaration'
            else 'policy default'
        end as lead_time_source
    from gathered
),

final as (
    select
        sku_id,
        location_id,
        supplier_id,
        review_days,
        lead_time_source,
        case lead_time_source
            when 'receipts of the SKU' then sku_receipts_count
            when 'receipts of the supplier' then supplier_receipts_count
            else 0
        end as lead_time_receipts_count,
        case lead_time_source
            when 'receipts of the SKU' then sku_days
            when 'receipts of the supplier' then supplier_days
            else declared_days
        end as lead_time_days,
        case lead_time_source
            when 'receipts of the SKU' then sku_sd_days
            when 'receipts of the supplier' then supplier_sd_days
            else default_lead_time_cv_rate * declared_days
        end as lead_time_sd_days
    from sourced
)

select * from final
