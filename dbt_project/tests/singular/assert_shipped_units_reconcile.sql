-- Units handed over according to the feeds = units on published shipment lines, per feed.
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
left join published
    on stated.shipment_source = published.shipment_source
where coalesce(stated.stated_qty, 0) != coalesce(published.published_qty, 0)
