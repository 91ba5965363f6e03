with

exported as (

    select
        *,
        {{ shopify_order_name() }} as order_id
    from {{ order_source('shopify__orders') }}
    where {{ known_by_as_of() }}

),

newest_file as (

    select
        *,
        first_value(_file_sha256) over (
            partition by _account, order_id
            order by _exported_at desc, _file_sha256 desc
        ) as newest_file_sha256
    from exported
    where order_id is not null
    qualify _file_sha256 = newest_file_sha256

),

order_rows as (

    select *
    from newest_file
    where nullif(trim(financial_status), '') is not null
    qualify row_number() over (partition by _account, order_id order by _source_row) = 1

),

final as (

    select
        line._account as channel_account,
        line.order_id,
        {{ order_key('line.order_id') }} as order_key,
        row_number() over (partition by line._account, line.order_id order by line._source_row) as line_number,
        coalesce(nullif(trim(line.lineitem_sku), ''), 'name:' || coalesce(trim(line.lineitem_name), '')) as channel_sku,
        line.lineitem_name as line_title,
        coalesce(
            header.created_at,
            max(line.created_at) over (partition by line._account, line.order_id)
        ) as ordered_at,
        line.lineitem_quantity as ordered_listing_qty,
        line.lineitem_price_amount as unit_price_amount,
        coalesce(line.lineitem_discount_amount, 0) as line_discount_amount,
        header.currency,
        coalesce(line.lineitem_requires_shipping, true) as requires_shipping,
        lower(trim(line.lineitem_fulfillment_status)) as line_fulfillment_status,
        lower(trim(header.financial_status)) as financial_status,
        header.fulfilled_at,
        header.cancelled_at,
        header.tags,
        header.ship_country,
        header.ship_postcode_prefix,
        line._exported_at as stated_at,
        line._source_file as source_file,
        line._source_row as source_row
    from newest_file as line
    left join order_rows as header
        on
            line._account = header._account
            and line.order_id = header.order_id

)

select * from final
