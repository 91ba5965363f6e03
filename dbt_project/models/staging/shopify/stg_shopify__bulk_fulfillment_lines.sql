{%- set columns = "_account, fulfillment_gid, fulfilled_at, delivered_at, fulfillment_status, tracking, location_name,
    location_gid, _exported_at" %}
with

-- one fulfilment is written inside its order, on a line of its own, or both: what either says holds, the newer first
fulfillments as (

    select
        _account,
        fulfillment_gid,
        min(fulfilled_at) as fulfilled_at,
        arg_max(delivered_at, _exported_at) as delivered_at,
        arg_max(lower(trim(fulfillment_status)), _exported_at) as fulfillment_status,
        arg_max(tracking, _exported_at) as tracking,
        arg_max(coalesce(nullif(trim(location_name), ''), {{ gid_number('location_gid') }}), _exported_at)
            as source_location_name
    from (
        select {{ columns }} from {{ source('raw', 'shopify__bulk_fulfillments') }}
        union all
        select {{ columns }} from {{ source('raw', 'shopify__bulk_fulfillment_nodes') }}
    )
    where {{ known_by_as_of() }}
    group by all

),

lines as (

    select *
    from {{ source('raw', 'shopify__bulk_fulfillment_lines') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'fulfillment_line_gid']) }}

),

final as (

    select
        lines._account as channel_account,
        lines.parent_gid as fulfillment_gid,
        lines.fulfillment_line_gid,
        lines.line_gid,
        lines.quantity as shipped_listing_qty,
        fulfillments.fulfilled_at,
        fulfillments.delivered_at,
        fulfillments.fulfillment_status,
        json_extract_string(fulfillments.tracking, '$[0].company') as carrier,
        nullif(trim(json_extract_string(fulfillments.tracking, '$[0].number')), '') as tracking_number,
        fulfillments.source_location_name,
        lines._exported_at as stated_at,
        lines._source_file as source_file,
        lines._source_row as source_row
    from lines
    inner join fulfillments
        on
            lines._account = fulfillments._account
            and lines.parent_gid = fulfillments.fulfillment_gid

)

select * from final
