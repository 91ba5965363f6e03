{{ config(schema='operations') }}

with final as (
    select
        system,
        entity,
        account,
        rows_count
    from {{ ref('stg_ingest__raw_counts') }}
)

select * from final
