-- The newest day of the history is rebuilt from events and claims; it must be what is published for as_of.
with

newest as (

    select *
    from {{ ref('fct_ats_daily') }}
    qualify row_number() over (partition by sku_id, location_id order by stock_on desc) = 1

)

select
    sku_id,
    location_id,
    newest.sellable_qty,
    published.sellable_qty as published_sellable_qty,
    newest.committed_qty,
    published.committed_qty as published_committed_qty,
    newest.ats_qty,
    published.ats_qty as published_ats_qty
from newest
inner join {{ ref('fct_available_to_sell') }} as published
    using (sku_id, location_id)
where newest.ats_qty is distinct from published.ats_qty
