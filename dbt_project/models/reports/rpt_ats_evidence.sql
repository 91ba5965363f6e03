with final as (
    select
        sku_id,
        location_id,
        channel_account,
        term,
        evidence_number,
        evidence_kind,
        evidence_qty,
        evidence_at,
        source_account,
        document_id,
        evidence_detail,
        source_file,
        source_row
    from {{ ref('fct_ats_evidence') }}
)

select * from final
