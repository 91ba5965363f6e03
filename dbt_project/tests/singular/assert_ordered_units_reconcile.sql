-- Units stated by the channels, each order by one feed, = units on order lines, per account:
-- matching and grouping lose and invent nothing.
with

superseded as (

    select * from {{ ref('int_order_statements__superseded') }}

),

counted as (

    select statements.*
    from {{ ref('int_order_statements__unioned') }} as statements
    anti join superseded
        on
            statements.channel_account = superseded.channel_account
            and statements.order_key = superseded.order_key
            and statements.statement_source = superseded.statement_source

),

stated as (

    select
        channel_account,
        sum(ordered_listing_qty) as stated_qty
    from counted
    where ordered_at <= {{ as_of() }}
    group by all

),

published as (

    select
        channel_account,
        sum(ordered_listing_qty) as published_qty
    from {{ ref('fct_order_lines') }}
    group by all

)

select
    channel_account,
    stated.stated_qty,
    published.published_qty
from stated
full outer join published
    using (channel_account)
where stated.stated_qty is distinct from published.published_qty
