with final as (
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
        confirmed_qty,
        reason,
        created_at,
        expires_at,
        updated_at,
        is_unsent
    from {{ ref('fct_purchase_proposals') }}
)

select * from final
