with

stock as (

    select * from {{ ref('fct_available_to_sell') }}

),

products as (

    select * from {{ ref('dim_product') }}

),

locations as (

    select * from {{ ref('dim_location') }}

),

final as (

    select
        stock.sku_id,
        stock.location_id,
        products.title,
        products.category,
        products.lifecycle,
        locations.location_name,
        locations.location_type,
        stock.as_of_at,
        stock.status,
        stock.snapshot_at,
        stock.feed_age_minutes,
        stock.on_hand_qty,
        stock.unavailable_qty,
        stock.sellable_qty,
        stock.committed_qty,
        stock.reserved_qty,
        stock.node_buffer_qty,
        stock.ats_qty,
        stock.debt_qty,
        products.unit_cost_amount,
        products.currency,
        cast(greatest(0, stock.on_hand_qty) * products.unit_cost_amount as decimal(18, 4)) as on_hand_amount,
        cast(stock.unavailable_qty * products.unit_cost_amount as decimal(18, 4)) as unavailable_amount
    from stock
    left join products
        on stock.sku_id = products.sku_id
    left join locations
        on stock.location_id = locations.location_id

)

select * from final
