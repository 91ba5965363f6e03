with

final as (

    select
        _account as account,
        trim(inbound_id) as inbound_id,
        trim(po_id) as po_id,
        nullif(trim(po_line), '') as po_line,
        nullif(trim(asn_id), '') as asn_id,
        nullif(trim(sku), '') as sku_id,
        nullif(trim(location_id), '') as location_id,
        lower(trim(milestone)) as milestone,
        planned_at,
        case when actual_at <= {{ as_of() }} then actual_at end as actual_at,
        expected_qty,
        carrier,
        coalesce(updated_at, _exported_at) as stated_at
    from {{ source('raw', 'house__inbound_milestones') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'inbound_id', 'po_id', 'po_line', 'milestone'], updated_at='updated_at') }}

)

select * from final
