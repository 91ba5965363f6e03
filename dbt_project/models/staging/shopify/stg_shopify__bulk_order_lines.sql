with

orders as (

    select *
    from {{ source('raw', 'shopify__bulk_orders') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'order_gid'], updated_at='updated_at') }}

),

-- children may be far from their parent: they are joined by its id, within the file that states both
lines as (

    select line.*
    from {{ source('raw', 'shopify__bulk_order_lines') }} as line
    semi join orders
        on
            line._account = orders._account
            and line.parent_gid = orders.order_gid
            and line._file_sha256 = orders._file_sha256
    qualify row_number() over (partition by line._account, line.line_gid order by line._source_row desc) = 1

),

final as (

    select
        lines._account as channel_account,
        trim(orders.order_name) as order_id,
        {{ order_key('trim(orders.order_name)') }} as order_key,
        coalesce(nullif(trim(orders.order_id), ''), {{ gid_number('orders.order_gid') }}) as other_order_key,
        lines.line_gid,
        {{ channel_sku('lines.sku', 'lines.line_name') }} as channel_sku,
        coalesce(orders.processed_at, orders.created_at) as ordered_at,
        lines.quantity as ordered_listing_qty,
        lines.unfulfilled_quantity as unfulfilled_listing_qty,
        coalesce(lines.discounted_total_amount, lines.original_total_amount, lines.quantity * lines.unit_price_amount)
            as line_amount,
        coalesce(orders.currency, lines.unit_price_currency) as currency,
        coalesce(lines.requires_shipping, true) and not coalesce(lines.is_gift_card, false) as requires_shipping,
        lower(trim(orders.financial_status)) as financial_status,
        lower(trim(orders.fulfillment_status)) as fulfillment_status,
        lower(trim(orders.cancel_reason)) as cancel_reason,
        orders.cancelled_at,
        orders.updated_at,
        coalesce(orders.is_test, false) as is_test,
        from_json(orders.tags, '["VARCHAR"]') as tags,
        orders.ship_country,
        orders.ship_postcode_prefix,
        orders._exported_at as stated_at,
        lines._source_file as source_file,
        lines._source_row as source_row
    from lines
    inner join orders
        on
            lines._account = orders._account
            and lines.parent_gid = orders.order_gid

)

select * from final
