-- Units handed over according to the feeds, less what another feed tells of the same order line,
-- = units on published shipment lines, per feed.
with

stated as (

    select
        'house' as shipment_source,
        sum(shipped_listing_qty) as stated_qty
    from {{ ref('stg_house__shipments') }}
    where shipped_at <= {{ as_of() }}

    union all

    select
        'fba' as shipment_source,
        sum(shipped_listing_qty) as stated_qty
    from {{ ref('stg_amazon__fba_shipments') }}
    where shipped_at <= {{ as_of() }}

    union all

    select
        stated.shipment_source,
        sum(stated.shipped_listing_qty) as stated_qty
    from {{ ref('int_shipment_statements__resolved') }} as stated
    anti join {{ ref('fct_shipment_lines') }} as published
        on
            stated.channel_account = published.channel_account
            and stated.order_key = published.order_key
            and stated.channel_sku = published.channel_sku
            and stated.shipment_source != published.shipment_source
    group by all

),

published as (

    select
        shipment_source,
        sum(shipped_listing_qty) as published_qty
    from {{ ref('fct_shipment_lines') }}
    where shipment_source != 'implied'
    group by all

)

select
    stated.shipment_source,
    stated.stated_qty,
    published.published_qty
from stated
full outer join published
    on stated.shipment_source = published.shipment_source
where coalesce(stated.stated_qty, 0) != coalesce(published.published_qty, 0)
