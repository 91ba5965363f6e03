{{ config(materialized='view') }}

with

accounts as (

    select
        account as channel_account,
        coalesce(time_zone, 'UTC') as time_zone
    from {{ ref('stg_company__accounts') }}

),

-- paid back before it was completed, a unit never left; after that it is a return whose arrival nobody states
woocommerce as (

    select
        *,
        'refund:' || refund_id as return_id,
        line_id as return_line,
        refunded_listing_qty as returned_listing_qty
    from {{ ref('int_woocommerce_refund_lines__dated') }}
    where not is_cancellation

),

walmart as (

    select
        *,
        case
            when 'delivered' in (return_status, delivery_status) or delivery_status = 'delivered_at_return_center'
                then status_at
        end as received_at,
        case when refund_status = 'refund_issued' then status_at end as refunded_at
    from {{ ref('stg_walmart__return_lines') }}
    where
        return_status not in ('cancelled', 'expired', 'rejected')
        and tracking_statuses not like '%RETURN_CANCELLED%'

),

tiktok as (

    select
        channel_account,
        order_id,
        order_key,
        channel_sku,
        'order:' || order_id as return_id,
        cast(source_row as varchar) as return_line,
        returned_listing_qty,
        source_file,
        source_row
    from {{ ref('stg_tiktok__orders') }}
    where returned_listing_qty > 0 and cancelled_at is null

),

amazon as (

    select
        returns.*,
        returns.channel_sku as return_line,
        {{ local_midnight('returns.requested_on', 'accounts.time_zone') }} as requested_at,
        {{ local_midnight('returns.delivered_on', 'accounts.time_zone') }} as received_at
    from {{ ref('stg_amazon__seller_returns') }} as returns
    inner join accounts
        on returns.channel_account = accounts.channel_account
    where coalesce(
        not regexp_matches(returns.request_status, 'cancel|declin|denied|reject|expired'), true
    )

),

unioned as (

    select * from woocommerce
    union all by name
    select * from walmart
    union all by name
    select * from tiktok
    union all by name
    select * from amazon
    union all by name
    select * from {{ ref('int_shopify_returns__stated') }}

),

final as (

    select
        channel_account,
        order_id,
        order_key,
        channel_sku,
        return_id,
        return_line,
        returned_listing_qty,
        reason,
        requested_at,
        received_at,
        refunded_at,
        refund_amount,
        currency,
        source_location_name,
        source_file,
        source_row
    from unioned
    where
        returned_listing_qty > 0
        and coalesce(requested_at, received_at, refunded_at, {{ as_of() }}) <= {{ as_of() }}

)

select * from final
