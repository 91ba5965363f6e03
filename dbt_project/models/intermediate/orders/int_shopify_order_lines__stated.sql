{{ config(materialized='view') }}

with

settings as (

    select string_split(test_order_tags, ',') as test_order_tags from {{ ref('stg_company__settings') }}

),

bulk as (

    select * from {{ ref('stg_shopify__bulk_order_lines') }}

),

called_off as (

    select
        channel_account,
        line_gid,
        sum(refunded_listing_qty) as called_off_listing_qty
    from {{ ref('stg_shopify__bulk_refund_lines') }}
    where restock_type = 'cancel'
    group by all

),

exported_lines as (

    select
        exported.* exclude (tags), -- noqa: RF02
        'shopify' as statement_source,
        exported.ordered_listing_qty * exported.unit_price_amount - exported.line_discount_amount as line_amount,
        list_has_any(
            string_split(regexp_replace(lower(trim(coalesce(exported.tags, ''))), '\s*,\s*', ',', 'g'), ','),
            settings.test_order_tags
        ) as is_test,
        case
            when exported.line_fulfillment_status = 'fulfilled' then exported.ordered_listing_qty
            else 0
        end as implied_listing_qty,
        exported.fulfilled_at as implied_shipped_at
    from {{ ref('stg_shopify__orders') }} as exported
    cross join settings

),

bulk_lines as (

    select
        bulk.* exclude (is_test, tags), -- noqa: RF02
        'shopify_bulk' as statement_source,
        bulk.is_test or coalesce(
            list_has_any(string_split(lower(array_to_string(bulk.tags, ',')), ','), settings.test_order_tags), false
        ) as is_test,
        case bulk.cancel_reason
            when 'customer' then 'customer'
            when 'declined' then 'payment'
            when 'fraud' then 'fraud'
            when 'inventory' then 'out_of_stock'
            when 'staff' then 'other'
            when 'other' then 'other'
        end as order_cancel_reason,
        greatest(0, case bulk.fulfillment_status
            when 'fulfilled' then bulk.ordered_listing_qty
            when 'partially_fulfilled' then bulk.ordered_listing_qty - bulk.unfulfilled_listing_qty
        end - coalesce(called_off.called_off_listing_qty, 0)) as implied_listing_qty,
        bulk.updated_at as implied_shipped_at
    from bulk
    cross join settings
    left join called_off
        on
            bulk.channel_account = called_off.channel_account
            and bulk.line_gid = called_off.line_gid

),

unioned as (

    select * from exported_lines
    union all by name
    select * from bulk_lines

),

final as (

    select
        * replace (coalesce(implied_listing_qty, 0) as implied_listing_qty),
        -- an order that was called off loses what has not left; one only paid back loses its lines that never left
        coalesce(cancelled_at <= {{ as_of() }}, false) as is_remainder_cancelled,
        coalesce(financial_status in ('voided', 'refunded'), false) as is_cancelled_unless_shipped,
        cancelled_at as order_cancelled_at
    from unioned

)

select * from final
