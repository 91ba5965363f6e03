with

final as (

    select
        stated_by_account,
        return_id,
        return_line,
        return_source,
        channel_account,
        order_id,
        order_key,
        channel_sku,
        listing_id,
        sku_id,
        location_id,
        returned_qty,
        cast(returned_listing_qty as bigint) as returned_listing_qty,
        reason,
        is_damage,
        disposition,
        requested_at,
        received_at,
        graded_at,
        refunded_at,
        cast(refund_amount as decimal(18, 4)) as refund_amount,
        currency
    from {{ ref('int_return_lines__unioned') }}

)

select * from final
