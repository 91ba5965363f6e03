{{ config(schema='operations') }}

with proposals as (
    select * from {{ ref('stg_ops__purchase_proposals') }}
),

final as (
    select
        proposal_id,
        exported_id,
        supplier_id,
        sku_id,
        location_id,
        destination,
        state,
        proposed_qty,
        order_qty,
        unit_cost_amount,
        currency,
        line_amount,
        author,
        last_editor,
        approvals_needed_count,
        approvals_count,
        approvers,
        answer,
        reference,
        answered_qty,
        case
            when answer = 'refused' then 0
            when answer is not null then coalesce(answered_qty, order_qty)
        end as confirmed_qty,
        reason,
        created_at,
        expires_at,
        updated_at,
        state in ('draft', 'submitted', 'approved', 'queued') as is_unsent
    from proposals
)

select * from final
