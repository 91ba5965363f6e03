with

returns as (

    select *
    from {{ source('raw', 'shopify__bulk_returns') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'return_gid']) }}

),

lines as (

    select *
    from {{ source('raw', 'shopify__bulk_return_lines') }}
    where {{ known_by_as_of() }}
    {{ newest_whole(['_account', 'parent_gid'], ['return_line_gid']) }}

),

final as (

    select
        lines._account as channel_account,
        lines.parent_gid as return_gid,
        returns.return_name,
        lines.return_line_gid,
        lines.line_gid,
        lower(trim(returns.return_status)) as return_status,
        lines.quantity as returned_listing_qty,
        {{ as_word('lines.return_reason') }} as reason,
        coalesce(returns.created_at, returns.approved_at) as requested_at,
        lines._exported_at as stated_at,
        lines._source_file as source_file,
        lines._source_row as source_row
    from lines
    inner join returns
        on
            lines._account = returns._account
            and lines.parent_gid = returns.return_gid

)

select * from final
