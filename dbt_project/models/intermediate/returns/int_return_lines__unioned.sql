with

listings as (

    select * from {{ ref('int_listings__matched') }} where is_order_match

),

accounts as (

    select * from {{ ref('int_accounts__known') }}

),

reasons as (

    select
        lower(reason_code) as reason,
        bool_or(is_damage) as is_damage
    from {{ ref('ref_return_reasons') }}
    group by all

),

house as (

    select
        *,
        'house' as return_source,
        account as stated_by_account
    from {{ ref('stg_house__returns') }}
    where coalesce(requested_at, received_at, graded_at, stated_at) <= {{ as_of() }}

),

-- the channel's own centre receives and grades in one step
fba as (

    select
        fba_returns.channel_account,
        fba_returns.order_id,
        fba_returns.order_key,
        fba_returns.channel_sku,
        fba_returns.returned_listing_qty,
        'fba' as return_source,
        fba_returns.channel_account as stated_by_account,
        'fba' as return_id,
        fba_returns.return_line_id as return_line,
        lower(fba_returns.reason) as reason,
        fba_returns.return_at as received_at,
        fba_returns.return_at as graded_at,
        accounts.channel_location_id as location_id,
        lower(fba_returns.disposition) as disposition
    from {{ ref('stg_amazon__fba_returns') }} as fba_returns
    inner join accounts
        on fba_returns.channel_account = accounts.account
    where fba_returns.return_at <= {{ as_of() }}

),

-- what the house states of an order line is not told a second time
elsewhere as (

    select stated.*
    from {{ ref('int_return_statements__resolved') }} as stated
    anti join house
        on
            stated.channel_account = house.channel_account
            and stated.order_key = house.order_key
            and stated.channel_sku = house.channel_sku
    where stated.is_nearest

),

returned as (

    select * from house
    union all by name
    select * from fba
    union all by name
    select * exclude (is_nearest) from elsewhere

),

final as (

    select
        returned.stated_by_account,
        returned.return_id,
        returned.return_line,
        returned.return_source,
        returned.channel_account,
        returned.order_id,
        returned.order_key,
        returned.channel_sku,
        returned.location_id,
        returned.reason,
        returned.disposition,
        returned.requested_at,
        case when returned.received_at <= {{ as_of() }} then returned.received_at end as received_at,
        case when returned.graded_at <= {{ as_of() }} then returned.graded_at end as graded_at,
        case when returned.refunded_at <= {{ as_of() }} then returned.refunded_at end as refunded_at,
        returned.refund_amount,
        returned.currency,
        returned.source_file,
        returned.source_row,
        returned.returned_listing_qty,
        coalesce(listings.listing_id, returned.channel_sku) as listing_id,
        coalesce(listings.sku_id, returned.channel_sku) as sku_id,
        cast(returned.returned_listing_qty * coalesce(listings.units_per_listing, 1) as bigint) as returned_qty,
        coalesce(reasons.is_damage, false) as is_damage
    from returned
    left join listings
        on
            returned.channel_account = listings.channel_account
            and returned.channel_sku = listings.channel_sku
    left join reasons
        on returned.reason = reasons.reason

)

select * from final
