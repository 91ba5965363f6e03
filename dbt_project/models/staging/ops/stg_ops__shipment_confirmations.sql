with

state as (

    select * from {{ source('ops', 'channel_state') }}

),

final as (

    select
        destination,
        row_key as confirmation_id,
        json_extract_string(payload_json, '$.channel_account') as channel_account,
        {{ order_key("json_extract_string(payload_json, '$.order_id')") }} as order_key,
        json_extract_string(payload_json, '$.channel_sku') as channel_sku,
        {{ tracking_key("json_extract_string(payload_json, '$.tracking_number')") }} as tracking_key,
        cast(json_extract_string(payload_json, '$.quantity') as bigint) as told_listing_qty,
        acknowledged_at
    from state
    where json_extract_string(payload_json, '$.tracking_number') is not null

)

select * from final
