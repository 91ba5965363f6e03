with final as (
    select
        metric,
        label,
        definition,
        formula,
        grain,
        unit,
        direction,
        cast(target_rate as double) as target_rate,
        owner,
        source_model
    from {{ ref('ref_metrics') }}
)

select * from final
