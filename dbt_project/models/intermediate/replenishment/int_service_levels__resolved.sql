with positions as (
    select distinct
        sku_id,
        coalesce(category, '') as category
    from {{ ref('int_reorder__positions') }}
),

policies as (
    select * from {{ ref('stg_policy__service_level') }}
),

quantiles as (
    select * from {{ ref('ref_normal_quantiles') }}
),

resolved as (
    {{ resolved_policy('positions', 'policies', [('category', 'category'), ('sku_id', 'sku')]) }}
),

final as (
    select
        resolved.asked_sku_id as sku_id,
        resolved.service_level_rate,
        quantiles.z_score
    from resolved
    left join quantiles
        on cast(round(resolved.service_level_rate, 3) as decimal(4, 3)) = quantiles.service_level_rate
)

select * from final
