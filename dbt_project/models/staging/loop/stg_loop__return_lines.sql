with

returns as (

    select *
    from {{ source('raw', 'loop__returns') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['_account', 'return_id'], updated_at='updated_at') }}

),

lines as (

    select *
    from {{ source('raw', 'loop__return_lines') }}
    where {{ known_by_as_of() }}
    {{ newest_whole(['_account', 'return_id'], ['line_id']) }}

),

final as (

    select
        lines._account as account,
        trim(lines.return_id) as return_id,
        trim(lines.line_id) as return_line,
        {{ order_key('trim(returns.order_name)') }} as order_key,
        {{ order_key('trim(returns.order_id)') }} as other_order_key,
        {{ channel_sku('lines.sku', 'lines.title') }} as ordered_sku,
        -- a line is one unit
        1 as returned_listing_qty,
        {{ as_word("coalesce(nullif(trim(lines.return_reason), ''), lines.parent_return_reason)") }} as reason,
        {{ as_word('returns.return_state') }} as return_state,
        {{ as_word('returns.label_status') }} as label_status,
        returns.label_updated_at,
        returns.created_at as requested_at,
        lines.refund_amount,
        returns.currency,
        lines._exported_at as stated_at,
        lines._source_file as source_file,
        lines._source_row as source_row
    from lines
    inner join returns
        on
            lines._account = returns._account
            and lines.return_id = returns.return_id

)

select * from final
