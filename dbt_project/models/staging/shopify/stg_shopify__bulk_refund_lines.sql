{%- set columns = "_account, refund_gid, refunded_at, return_gid, updated_at, _exported_at, _file_sha256,
    _source_row" %}
with

-- one refund is written inside its order or on a line of its own; they state the same thing
refunds as (

    select *
    from (
        select {{ columns }} from {{ source('raw', 'shopify__bulk_refunds') }}
        union all
        select {{ columns }} from {{ source('raw', 'shopify__bulk_refund_nodes') }}
    )
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'refund_gid'], updated_at='updated_at') }}

),

lines as (

    select *
    from {{ source('raw', 'shopify__bulk_refund_lines') }}
    where {{ known_by_as_of() }}
    {{ newest_whole(['_account', 'parent_gid'], ['refund_line_gid', 'line_gid', 'restock_type']) }}

),

final as (

    select
        lines._account as channel_account,
        lines.parent_gid as refund_gid,
        coalesce(lines.refund_line_gid, concat_ws('/', lines.line_gid, lower(lines.restock_type))) as refund_line,
        lines.line_gid,
        refunds.return_gid,
        refunds.refunded_at,
        lines.quantity as refunded_listing_qty,
        lower(trim(lines.restock_type)) as restock_type,
        lines.subtotal_amount as refund_amount,
        lines.subtotal_currency as currency,
        coalesce(nullif(trim(lines.location_name), ''), {{ gid_number('lines.location_gid') }}) as source_location_name,
        lines._exported_at as stated_at,
        lines._source_file as source_file,
        lines._source_row as source_row
    from lines
    inner join refunds
        on
            lines._account = refunds._account
            and lines.parent_gid = refunds.refund_gid

)

select * from final
