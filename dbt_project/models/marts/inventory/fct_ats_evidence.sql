{{ config(schema='operations') }}

with

evidence as (

    select
        'stock_statement' as evidence_kind,
        *
    from {{ ref('int_stock_statements__traced') }}
    union all by name
    select
        'event' as evidence_kind,
        *
    from {{ ref('int_stock_events__traced') }}
    union all by name
    select
        'order' as evidence_kind,
        *
    from {{ ref('int_stock_claims__traced') }}
    union all by name
    select
        'hold' as evidence_kind,
        *
    from {{ ref('int_stock_holds__traced') }}
    union all by name
    select
        'kit_part' as evidence_kind,
        'parts' as term,
        kit_sku_id as sku_id,
        component_sku_id as document_id,
        component_qty as evidence_qty
    from {{ ref('int_kits__exploded') }}
    union all by name
    select
        'policy' as evidence_kind,
        *
    from {{ ref('int_policies__traced') }}

),

final as (

    select
        sku_id,
        coalesce(location_id, '') as location_id,
        coalesce(channel_account, '') as channel_account,
        term,
        row_number() over (
            partition by sku_id, location_id, channel_account, term
            order by evidence_at, source_account, document_id, source_file, source_row
        ) as evidence_number,
        evidence_kind,
        evidence_qty,
        evidence_at,
        source_account,
        document_id,
        evidence_detail,
        source_file,
        source_row
    from evidence

)

select * from final
