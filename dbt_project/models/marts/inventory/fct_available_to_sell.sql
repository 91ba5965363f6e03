with

final as (

    select
        sku_id,
        location_id,
        {{ as_of() }} as as_of_at,
        stock_account,
        basis,
        snapshot_at,
        feed_age_minutes,
        on_hand_qty,
        damaged_qty,
        quality_control_qty,
        returned_qty,
        expiring_qty,
        consigned_qty,
        other_unavailable_qty,
        blocked_qty,
        unavailable_qty,
        sellable_qty,
        committed_qty,
        reserved_qty,
        outbound_qty,
        free_qty,
        node_buffer_qty,
        ats_qty,
        debt_qty,
        status
    from {{ ref('int_stock__available_to_sell') }}

)

select * from final
