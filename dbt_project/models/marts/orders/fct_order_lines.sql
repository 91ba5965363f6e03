with

final as (

    select
        channel_account,
        order_id,
        channel_sku,
        order_key,
        listing_id,
        sku_id,
        units_per_listing,
        match_status,
        fulfilled_by,
        ordered_at,
        order_date,
        is_test,
        requires_shipping,
        is_preorder,
        release_on,
        promised_on,
        is_in_scope,
        ordered_qty,
        demanded_qty,
        filled_first_pass_qty,
        shipped_qty,
        customer_cancelled_qty,
        merchant_cancelled_qty,
        unknown_cancelled_qty,
        open_qty,
        ordered_listing_qty,
        open_listing_qty,
        is_in_scope and filled_first_pass_qty = demanded_qty as is_filled,
        first_shipped_at,
        last_shipped_at,
        cancelled_at,
        line_amount,
        currency,
        ship_country
    from {{ ref('int_order_lines__fulfilled') }}

)

select * from final
