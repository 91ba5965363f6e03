with

orders as (

    select *
    from {{ source('raw', 'woocommerce__orders') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'order_id'], updated_at='modified_at') }}

),

-- the lines that the newest statement's own file lists
lines as (

    select line.*
    from {{ source('raw', 'woocommerce__order_lines') }} as line
    semi join orders
        on
            line._account = orders._account
            and line.order_id = orders.order_id
            and line._file_sha256 = orders._file_sha256
    qualify row_number() over (
        partition by line._account, line.order_id, line.line_id
        order by line._source_row desc
    ) = 1

),

final as (

    select
        lines._account as channel_account,
        -- people and shipping tools speak of the shown number
        coalesce(nullif(trim(orders.order_number), ''), trim(orders.order_id)) as order_id,
        {{ order_key("coalesce(nullif(trim(orders.order_number), ''), trim(orders.order_id))") }} as order_key,
        {{ order_key('trim(orders.order_id)') }} as other_order_key,
        trim(lines.line_id) as line_id,
        {{ channel_sku('lines.sku', 'lines.product_name') }} as channel_sku,
        lines.quantity as ordered_listing_qty,
        lines.total_amount as line_amount,
        orders.currency,
        {{ as_word('orders.order_status') }} as order_status,
        orders.created_at as ordered_at,
        orders.completed_at,
        orders.modified_at as updated_at,
        coalesce(nullif(trim(orders.ship_country), ''), orders.bill_country) as ship_country,
        orders.ship_postcode_prefix,
        orders._exported_at as stated_at,
        lines._source_file as source_file,
        lines._source_row as source_row
    from lines
    inner join orders
        on
            lines._account = orders._account
            and lines.order_id = orders.order_id

)

select * from final
