with

final as (

    select
        _account as account,
        interchange_sender,
        trim(depositor_order_id) as order_id,
        {{ order_key('trim(depositor_order_id)') }} as order_key,
        {{ order_key('trim(purchase_order_id)') }} as other_order_key,
        concat_ws('/', interchange_control, group_control, transaction_control) as transaction_id,
        transaction_line,
        -- the standard's own letters, as the purpose codes of an 850; what only informs or confirms orders nothing
        case upper(trim(order_status))
            when 'F' then '01'
            when 'D' then '01'
            when 'R' then '05'
            when 'A' then 'information'
            when 'C' then 'information'
            when 'E' then 'information'
            else '00'
        end as purpose_code,
        requested_ship_on as ship_by_on,
        requested_delivery_on as promised_on,
        trim(sku) as channel_sku,
        ordered_qty,
        ship_to_country as ship_country,
        ship_to_postcode_prefix as ship_postcode_prefix,
        _exported_at as stated_at,
        _source_file as source_file,
        _source_row as source_row
    from {{ source('raw', 'x12__warehouse_orders') }}
    where {{ known_by_as_of() }}
    {{ newest_statement([
        '_account', 'interchange_sender', 'interchange_control', 'group_control', 'transaction_control', 'transaction_line',
    ]) }}

)

select * from final
