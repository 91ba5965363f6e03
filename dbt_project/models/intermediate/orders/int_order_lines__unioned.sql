{{ config(**by_order(is_first_of_lines=true)) }}

with

accounts as (

    select * from {{ ref('int_accounts__known') }}

),

listings as (

    select * from {{ ref('int_listings__matched') }} where is_order_match

),

superseded as (

    select * from {{ ref('int_order_statements__superseded') }}

),

statements as (

    select stated.*
    from {{ touched(ref('int_order_statements__unioned')) }} as stated
    anti join superseded
        on
            stated.channel_account = superseded.channel_account
            and stated.order_key = superseded.order_key
            and stated.statement_source = superseded.statement_source
    where stated.ordered_at <= {{ as_of() }}

),

-- two lines of one SKU in one order are one line
grouped as (

    select
        channel_account,
        order_id,
        channel_sku,
        min(order_key) as order_key,
        min(other_order_key) as other_order_key,
        min(ordered_at) as ordered_at,
        cast(sum(ordered_listing_qty) as bigint) as ordered_listing_qty,
        sum(line_amount) as line_amount,
        min(currency) as currency,
        bool_or(is_test) as is_test,
        bool_or(requires_shipping) as requires_shipping,
        min(stated_fulfilled_by) as stated_fulfilled_by,
        bool_and(is_remainder_cancelled) as is_remainder_cancelled,
        bool_or(is_cancelled_unless_shipped) as is_cancelled_unless_shipped,
        min(order_cancelled_at) as order_cancelled_at,
        min(order_cancel_reason) as order_cancel_reason,
        cast(sum(implied_listing_qty) as bigint) as implied_listing_qty,
        max(implied_shipped_at) as implied_shipped_at,
        bool_or(is_preorder) as is_preorder,
        max(release_on) as release_on,
        max(promised_on) as promised_on,
        min(ship_by_at) as ship_by_at,
        min(ship_country) as ship_country,
        min(ship_postcode_prefix) as ship_postcode_prefix,
        max(stated_at) as stated_at
    from statements
    group by all

),

final as (

    select
        grouped.* exclude (line_amount),
        cast(grouped.line_amount as decimal(18, 4)) as line_amount,
        coalesce(listings.listing_id, grouped.channel_sku) as listing_id,
        coalesce(listings.sku_id, grouped.channel_sku) as sku_id,
        coalesce(listings.units_per_listing, 1) as units_per_listing,
        coalesce(listings.match_status, 'unmatched') as match_status,
        coalesce(grouped.stated_fulfilled_by, listings.fulfilled_by, 'merchant') as fulfilled_by,
        accounts.system,
        accounts.time_zone,
        {{ local_date('grouped.ordered_at', 'accounts.time_zone') }} as ordered_on,
        -- a pre-order is judged from the day it may leave
        case
            when grouped.is_preorder and grouped.release_on is not null
                then {{ local_midnight('grouped.release_on', 'accounts.time_zone') }}
            else grouped.ordered_at
        end as clock_starts_at
    from grouped
    inner join accounts
        on grouped.channel_account = accounts.account
    left join listings
        on
            grouped.channel_account = listings.channel_account
            and grouped.channel_sku = listings.channel_sku

)

select * from final
