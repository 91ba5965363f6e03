-- The steps of an explanation add up to the published number; a difference means that a term lacks its line.
with

location_ends as (

    select
        sku_id,
        location_id,
        sum(change_qty) as explained_qty,
        arg_max(running_qty, step_number) as last_running_qty
    from {{ ref('rpt_ats_location_waterfall') }}
    group by all

),

channel_ends as (

    select
        channel_account,
        listing_id,
        sum(change_qty) as explained_qty,
        arg_max(running_qty, step_number) as last_running_qty
    from {{ ref('rpt_ats_channel_waterfall') }}
    group by all

),

ends as (

    select
        stock.sku_id,
        stock.location_id as place,
        stock.ats_qty,
        location_ends.explained_qty,
        location_ends.last_running_qty
    from {{ ref('fct_available_to_sell') }} as stock
    left join location_ends
        on
            stock.sku_id = location_ends.sku_id
            and stock.location_id = location_ends.location_id

    union all

    select
        listings.sku_id,
        listings.channel_account || ' ' || listings.listing_id as place,
        listings.ats_qty,
        channel_ends.explained_qty,
        channel_ends.last_running_qty
    from {{ ref('fct_channel_available_to_sell') }} as listings
    left join channel_ends
        on
            listings.channel_account = channel_ends.channel_account
            and listings.listing_id = channel_ends.listing_id

)

select *
from ends
where
    explained_qty is distinct from coalesce(ats_qty, 0)
    or last_running_qty is distinct from coalesce(ats_qty, 0)
