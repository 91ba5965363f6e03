with

newest_file as (

    select *
    from {{ order_source('ebay__orders') }}
    where {{ known_by_as_of() }}
    qualify _file_sha256 = first_value(_file_sha256) over (
        partition by _account, order_number
        order by _exported_at desc, _file_sha256 desc
    )

),

-- an order of several items has a row of its own, first, that carries what is said of the order
filled_in as (

    select
        *,
        first_value(ship_by_on ignore nulls) over of_order as order_ship_by_on,
        first_value(latest_delivery_on ignore nulls) over of_order as order_latest_delivery_on,
        first_value(shipped_on ignore nulls) over of_order as order_shipped_on,
        first_value(nullif(trim(tracking_number), '') ignore nulls) over of_order as order_tracking_number,
        first_value(ship_country ignore nulls) over of_order as order_ship_country,
        first_value(ship_postcode_prefix ignore nulls) over of_order as order_ship_postcode_prefix
    from newest_file
    window of_order as (
        partition by _account, order_number
        order by _source_row
        rows between unbounded preceding and unbounded following
    )

),

final as (

    select
        _account as channel_account,
        trim(order_number) as order_id,
        {{ order_key('trim(order_number)') }} as order_key,
        {{ order_key('trim(sales_record_number)') }} as other_order_key,
        concat_ws('/', item_number, transaction_id) as line_id,
        {{ channel_sku('sku', 'item_title') }} as channel_sku,
        sale_on,
        sold_qty as ordered_listing_qty,
        sold_qty * sold_for_amount as line_amount,
        order_ship_by_on as ship_by_on,
        order_latest_delivery_on as latest_delivery_on,
        coalesce(shipped_on, order_shipped_on) as shipped_on,
        shipping_service as carrier,
        coalesce(nullif(trim(tracking_number), ''), order_tracking_number) as tracking_number,
        order_ship_country as ship_country,
        order_ship_postcode_prefix as ship_postcode_prefix,
        _exported_at as stated_at,
        _source_file as source_file,
        _source_row as source_row
    from filled_in
    where nullif(trim(item_number), '') is not null
    qualify row_number() over (
        partition by _account, order_number, item_number, transaction_id
        order by _source_row desc
    ) = 1

)

select * from final
