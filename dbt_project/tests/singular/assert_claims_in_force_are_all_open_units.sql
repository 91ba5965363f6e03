-- The spans of order claims that reach as_of hold exactly the open units, on the shelves where they are placed.
with

in_force as (

    select
        location_id,
        sku_id,
        sum(claimed_qty) as claimed_qty
    from {{ ref('int_stock_claims__intervals') }}
    where claim_kind = 'order' and to_at is null
    group by all

),

placed as (

    select
        lines.location_id,
        coalesce(kits.base_sku_id, lines.sku_id) as sku_id,
        sum(lines.open_qty * coalesce(kits.base_qty, 1)) as open_qty
    from {{ ref('int_order_lines__placed') }} as lines
    left join {{ ref('int_kits__placed') }} as kits
        on
            lines.location_id = kits.location_id
            and lines.sku_id = kits.kit_sku_id
    where lines.location_id is not null and lines.open_qty > 0
    group by all

)

select
    location_id,
    sku_id,
    in_force.claimed_qty,
    placed.open_qty
from placed
full outer join in_force
    using (location_id, sku_id)
where location_id is not null and in_force.claimed_qty is distinct from placed.open_qty
