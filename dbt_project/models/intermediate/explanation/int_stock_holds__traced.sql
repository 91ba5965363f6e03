with

claims as (

    select * from {{ ref('int_stock_holds__judged') }} where is_in_force

),

documents as (

    select
        hold_id as reference_id,
        location_id,
        account,
        reason,
        source_file,
        source_row
    from {{ ref('stg_house__holds') }}
    union all
    select
        transfer_id || '/' || transfer_line as reference_id,
        from_location_id as location_id,
        account,
        'to ' || to_location_id as reason,
        source_file,
        source_row
    from {{ ref('stg_house__transfers') }}

),

final as (

    select
        case claims.charged_to when 'unavailable' then 'blocked' else claims.charged_to end as term,
        claims.location_id,
        claims.sku_id,
        claims.reference_id as document_id,
        cast(claims.claimed_qty as bigint) as evidence_qty,
        claims.from_at as evidence_at,
        concat_ws(
            ', ', claims.claim_kind, 'for ' || claims.channel_account, 'until ' || claims.to_at, documents.reason
        ) as evidence_detail,
        documents.account as source_account,
        documents.source_file,
        documents.source_row
    from claims
    left join documents
        on
            claims.reference_id = documents.reference_id
            and claims.location_id = documents.location_id

)

select * from final
