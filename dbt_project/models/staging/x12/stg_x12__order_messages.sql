with

final as (

    select
        _account as account,
        interchange_sender,
        trim(purchase_order_id) as order_id,
        {{ order_key('trim(purchase_order_id)') }} as order_key,
        concat_ws('/', interchange_control, group_control, transaction_control) as transaction_id,
        transaction_line,
        trim(purpose_code) as purpose_code,
        ordered_on,
        requested_ship_on as ship_by_on,
        requested_delivery_on as promised_on,
        trim(sku) as channel_sku,
        ordered_qty,
        ordered_qty * unit_price_amount as line_amount,
        currency,
        _exported_at as stated_at,
        _source_file as source_file,
        _source_row as source_row
    from {{ source('raw', 'x12__purchase_orders') }}
    where {{ known_by_as_of() }}
    {{ newest_statement([
        '_account', 'interchange_sender', 'interchange_control', 'group_control', 'transaction_control', 'transaction_line',
    ]) }}

)

select * from final
