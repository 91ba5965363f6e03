with available as (
    select * from {{ ref('int_stock__available_to_sell') }}
),

unplaced as (
    select * from {{ ref('int_stock_claims__unplaced') }}
),

supply as (
    select * from {{ ref('int_supply__expected') }}
),

demand as (
    select * from {{ ref('int_demand__located') }}
),

nodes as (
    select * from {{ ref('int_nodes__preferred') }}
),

locations as (
    select * from {{ ref('int_locations__known') }}
),

products as (
    select * from {{ ref('int_products__known') }}
),

stock as (
    select
        available.sku_id,
        coalesce(locations.purchasing_location_id, available.location_id) as location_id,
        coalesce(available.sellable_qty, 0) as on_hand_qty,
        coalesce(available.reserved_qty, 0) as reserved_qty,
        coalesce(available.committed_qty, 0) as committed_qty
    from available
    left join locations on available.location_id = locations.location_id
),

waiting as (
    select
        unplaced.sku_id,
        nodes.purchasing_location_id as location_id,
        unplaced.unplaced_qty as backordered_qty
    from unplaced
    inner join nodes
        on
            unplaced.channel_account = nodes.channel_account
            and unplaced.fulfilled_by = nodes.fulfilled_by
),

demanded as (
    select distinct
        sku_id,
        location_id
    from demand
),

parts as (
    select * from stock
    union all by name
    select * from waiting
    union all by name
    select * from supply
    union all by name
    select * from demanded
),

summed as (
    select
        sku_id,
        location_id,
        {% for part in [
            'on_hand_qty', 'reserved_qty', 'committed_qty', 'backordered_qty', 'on_order_qty', 'in_transit_qty'
        ] -%}
        cast(coalesce(sum({{ part }}), 0) as bigint) as {{ part }}{{ ',' if not loop.last }}
    {% endfor %}
    from parts
    group by sku_id, location_id
),

final as (
    select
        summed.*,
        products.category,
        coalesce(products.lifecycle, 'active') as lifecycle,
        summed.on_hand_qty - summed.reserved_qty - summed.committed_qty - summed.backordered_qty
        + summed.on_order_qty + summed.in_transit_qty as position_qty
    from summed
    left join products on summed.sku_id = products.sku_id
    where
        coalesce(products.is_stock_tracked, true)
        and not coalesce(products.is_kit, false)
)

select * from final
