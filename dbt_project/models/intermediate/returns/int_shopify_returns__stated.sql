{{ config(materialized='view') }}

with

order_lines as (

    select * from {{ ref('stg_shopify__bulk_order_lines') }}

),

return_lines as (

    select *
    from {{ ref('stg_shopify__bulk_return_lines') }}
    where return_status not in ('cancelled', 'canceled', 'declined', 'expired', 'rejected')

),

-- a refund line of type cancel never shipped and is no return
refund_lines as (

    select * from {{ ref('stg_shopify__bulk_refund_lines') }} where restock_type != 'cancel'

),

refunds_of_lines as (

    select
        channel_account,
        line_gid,
        min(refunded_at) as refunded_at,
        min(refunded_at) filter (where restock_type = 'return') as restocked_at,
        arg_min(source_location_name, refunded_at) as source_location_name,
        sum(refund_amount) as refund_amount,
        min(currency) as currency
    from refund_lines
    group by all

),

-- the money of a line is one sum: it stands at its first return
returned as (

    select
        lines.channel_account,
        lines.return_gid as return_id,
        lines.return_line_gid as return_line,
        lines.line_gid,
        lines.returned_listing_qty,
        lines.reason,
        lines.requested_at,
        refunds.restocked_at as received_at,
        refunds.refunded_at,
        case
            when row_number() over (
                partition by lines.channel_account, lines.line_gid order by lines.requested_at, lines.return_line_gid
            ) = 1 then refunds.refund_amount
        end as refund_amount,
        refunds.currency,
        refunds.source_location_name,
        lines.source_file,
        lines.source_row
    from return_lines as lines
    left join refunds_of_lines as refunds
        on
            lines.channel_account = refunds.channel_account
            and lines.line_gid = refunds.line_gid

),

-- paid back without a return of its own
refunded as (

    select
        lines.channel_account,
        lines.refund_gid as return_id,
        lines.refund_line as return_line,
        lines.line_gid,
        lines.refunded_listing_qty as returned_listing_qty,
        case when lines.restock_type = 'return' then lines.refunded_at end as received_at,
        lines.refunded_at,
        lines.refund_amount,
        lines.currency,
        lines.source_location_name,
        lines.source_file,
        lines.source_row
    from refund_lines as lines
    anti join return_lines
        on
            lines.channel_account = return_lines.channel_account
            and lines.line_gid = return_lines.line_gid

),

unioned as (

    select * from returned
    union all by name
    select * from refunded

),

final as (

    select
        unioned.* exclude (line_gid), -- noqa: RF02
        order_lines.order_id,
        order_lines.order_key,
        order_lines.channel_sku
    from unioned
    inner join order_lines
        on
            unioned.channel_account = order_lines.channel_account
            and unioned.line_gid = order_lines.line_gid

)

select * from final
