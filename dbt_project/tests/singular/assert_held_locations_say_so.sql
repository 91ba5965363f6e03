-- What a location has and does not offer is held by its status; any other cause would be a term without a line.
select
    waterfall.sku_id,
    waterfall.location_id,
    waterfall.change_qty,
    stock.status
from {{ ref('rpt_ats_location_waterfall') }} as waterfall
inner join {{ ref('fct_available_to_sell') }} as stock
    on
        waterfall.sku_id = stock.sku_id
        and waterfall.location_id = stock.location_id
where
    waterfall.term = 'location_held'
    and (waterfall.change_qty > 0 or stock.status in ('ok', 'stale', 'negative_on_hand'))
