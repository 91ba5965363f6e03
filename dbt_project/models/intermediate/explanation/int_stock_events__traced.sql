with

counted as (

    select distinct
        location_id,
        sku_id,
        event_type,
        event_at
    from {{ ref('int_stock_events__counted') }}

),

kits as (

    select * from {{ ref('int_kits__placed') }}

),

returns as (

    select
        *,
        return_id || '/' || return_line as document_id
    from {{ ref('int_return_lines__unioned') }}

),

documents as (

    select
        'shipment' as event_type,
        location_id,
        sku_id,
        shipped_at as event_at,
        shipped_qty as evidence_qty,
        stated_by_account as source_account,
        shipment_id || '/' || shipment_line as document_id,
        'order ' || order_id as evidence_detail,
        source_file,
        source_row
    from {{ ref('int_shipment_lines__unioned') }}
    where shipment_source not in ('fba', 'implied')
    union all by name
    select
        'receipt' as event_type,
        location_id,
        sku_id,
        received_at as event_at,
        received_qty as evidence_qty,
        account as source_account,
        receipt_id || '/' || receipt_line as document_id,
        'purchase order ' || po_id as evidence_detail,
        source_file,
        source_row
    from {{ ref('stg_house__receipts') }}
    union all by name
    select
        'movement' as event_type,
        location_id,
        sku_id,
        occurred_at as event_at,
        moved_qty as evidence_qty,
        account as source_account,
        movement_id as document_id,
        concat_ws(', ', movement_type || ' of ' || state, reason) as evidence_detail,
        source_file,
        source_row
    from {{ ref('stg_house__stock_movements') }}
    {% for place, other, leg in [('from', 'to', 'shipped'), ('to', 'from', 'received')] -%}
        union all by name
        select
            'transfer' as event_type,
            {{ place }}_location_id as location_id,
            sku_id,
            coalesce({{ leg }}_at, updated_at) as event_at,
            {{ leg }}_qty as evidence_qty,
            account as source_account,
            transfer_id || '/' || transfer_line as document_id,
            '{{ leg }}, {{ other }} ' || {{ other }}_location_id as evidence_detail,
            source_file,
            source_row
        from {{ ref('stg_house__transfers') }}
    {% endfor -%}
    {% for event_type, instant, source in [
        ('return_received', 'received_at', 'house'), ('return_graded', 'graded_at', 'house'), ('fba_return', 'received_at', 'fba')
    ] -%}
        union all by name
        select
            '{{ event_type }}' as event_type,
            location_id,
            sku_id,
            {{ instant }} as event_at,
            returned_qty as evidence_qty,
            stated_by_account as source_account,
            document_id,
            concat_ws(', ', 'order ' || order_id, disposition) as evidence_detail,
            source_file,
            source_row
        from returns
        where return_source = '{{ source }}'
    {% endfor %}

),

-- only what names a sold thing can be a kit; stock feeds speak of what lies on the shelf
final as (

    select
        documents.event_type as term,
        documents.location_id,
        counted.sku_id,
        documents.source_account,
        documents.document_id,
        documents.evidence_detail,
        documents.source_file,
        documents.source_row,
        documents.event_at as evidence_at,
        cast(documents.evidence_qty * coalesce(kits.base_qty, 1) as bigint) as evidence_qty
    from documents
    left join kits
        on
            documents.location_id = kits.location_id
            and documents.sku_id = kits.kit_sku_id
            and documents.event_type in ('shipment', 'return_received', 'return_graded')
    inner join counted
        on
            documents.event_type = counted.event_type
            and documents.location_id = counted.location_id
            and coalesce(kits.base_sku_id, documents.sku_id) = counted.sku_id
            and documents.event_at = counted.event_at

)

select * from final
