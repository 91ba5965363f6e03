with final as (
    select
        kind,
        term,
        title,
        words,
        next_step
    from {{ ref('ref_ats_terms') }}
)

select * from final
