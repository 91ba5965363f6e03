{{ config(materialized='view') }}

with

account_locations as (

    select * from {{ ref('stg_company__account_locations') }}

),

requests as (

    select
        stated.* exclude (order_key, other_order_key), -- noqa: RF02
        case stated.return_source when 'loop' then 2 else 3 end as source_rank,
        stated.account as stated_by_account,
        matched.channel_account,
        coalesce(matched.order_id, stated.order_key) as order_id,
        coalesce(matched.order_key, stated.order_key) as order_key,
        coalesce(matched.channel_sku, stated.ordered_sku) as channel_sku
    from {{ ref('int_return_requests__stated') }} as stated
    left join {{ ref('int_order_references__matched') }} as matched
        on
            stated.account = matched.account
            and stated.order_key is not distinct from matched.named_order_key
            and stated.other_order_key is not distinct from matched.named_other_order_key
            and stated.ordered_sku is not distinct from matched.ordered_sku

),

channel as (

    select
        stated.*,
        'channel' as return_source,
        1 as source_rank,
        stated.channel_account as stated_by_account,
        {{ location_of('stated.channel_account', 'stated.source_location_name', 'account_locations.location_id') }}
            as location_id
    from {{ ref('int_channel_returns__stated') }} as stated
    left join account_locations
        on
            stated.channel_account = account_locations.account
            and stated.source_location_name = account_locations.source_location_name

),

unioned as (

    select * from requests
    union all by name
    select * from channel

),

final as (

    select
        stated_by_account,
        return_source,
        return_id,
        return_line,
        channel_account,
        order_id,
        order_key,
        channel_sku,
        location_id,
        returned_listing_qty,
        reason,
        requested_at,
        received_at,
        refunded_at,
        refund_amount,
        currency,
        source_file,
        source_row,
        -- one order line's return is told by one feed: the channel before who handles its returns
        source_rank = min(source_rank) over (
            partition by channel_account, channel_sku, coalesce(order_key, return_source || return_id)
        ) as is_nearest
    from unioned
    where coalesce(requested_at <= {{ as_of() }}, true)

)

select * from final
