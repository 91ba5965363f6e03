with

listings as (

    select * from {{ ref('int_listings__matched') }} where is_order_match

),

accounts as (

    select * from {{ ref('int_accounts__known') }}

),

reasons as (

    select lower(reason_code) as reason, bool_or(is_damage) as is_damage from {{ ref('ref_return_reasons') }} group by all

),

returned as (

    select
        'house' as return_source,
        account as stated_by_account,
        return_id, return_line, channel_account, order_id, order_key, channel_sku, returned_listing_qty, reason,
        requested_at,
        case when received_at <= {{ as_of() }} then received_at end as received_at,
        case when graded_at <= {{ as_of() }} then graded_at end as graded_at,
        location_id, disposition,
        case when refunded_at <= {{ as_of() }} then refunded_at end as refunded_at,
        refund_amount, currency
    from {{ ref('stg_house__returns') }}
    where coalesce(requested_at, received_at, graded_at, stated_at) <= {{ as_of() }}

    union all

    -- the channel's own centre receives and grades in one step
    select
        'fba', fba.channel_account,
        'fba', fba.return_line_id, fba.channel_account, fba.order_id, fba.order_key, fba.channel_sku,
        fba.returned_listing_qty, lower(fba.reason), null, fba.return_at, fba.return_at,
        accounts.channel_location_id, lower(fba.disposition), null, null, null
    from {{ ref('stg_amazon__fba_returns') }} as fba
    inner join accounts
        on fba.channel_account = accounts.account
    where fba.return_at <= {{ as_of() }}

),

final as (

    select
        returned.*,
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
