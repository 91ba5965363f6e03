{%- set states = ['on_hand', 'damaged', 'quality_control', 'returned', 'expiring', 'consigned', 'net_orders'] -%}
{%- set kept = ['basis', 'other_unavailable_qty', 'reserved_qty'] -%}
{%- set classes = ['receipt', 'shipment', 'return', 'adjustment', 'count', 'transfer', 'assembly', 'order'] -%}
with

timeline as (

    select * from {{ ref('int_stock_timeline__accumulated') }}

),

-- what a statement says beyond everything that moved until then stays true until the next statement
days as (

    select
        location_id,
        sku_id,
        stock_on,
        max(moved_at) filter (where is_statement) as stated_at,
        {% for column in kept %}
            arg_max({{ column }}, moved_at) filter (where is_statement) as {{ column }},
        {% endfor %}
        {% for state in states %}
            arg_max({{ state }}_moved, (moved_at, is_statement)) as {{ state }}_moved,
            arg_max({{ state }}_stated - {{ state }}_moved, moved_at) filter (where is_statement) as {{ state }}_base,
        {% endfor %}
    {% for class in classes %}
        cast(coalesce(sum({{ class }}_delta), 0) as bigint) as {{ class }}_delta{{ ',' if not loop.last }}
    {% endfor %}
    from timeline
    group by all

),

carried as (

    select
        location_id,
        sku_id,
        stock_on,
        stated_at is not null as is_stated,
        last_value(stated_at ignore nulls) over so_far as stated_at,
        {% for column in kept %}
            last_value({{ column }} ignore nulls) over so_far as {{ column }},
        {% endfor %}
        {% for state in states %}
            {{ state }}_moved,
            last_value({{ state }}_base ignore nulls) over so_far as {{ state }}_base,
        {% endfor %}
    {% for class in classes %}
        {{ class }}_delta{{ ',' if not loop.last }}
    {% endfor %}
    from days
    window so_far as (
        partition by location_id, sku_id
        order by stock_on
        rows between unbounded preceding and current row
    )

),

positions as (

    select
        location_id,
        sku_id,
        stock_on,
        lead(stock_on) over (partition by location_id, sku_id order by stock_on) as next_stock_on,
        is_stated,
        stated_at,
        basis,
        other_unavailable_qty,
        reserved_qty,
        {% for state in states %}
            {{ state }}_base + {{ state }}_moved as {{ state }}_qty,
        {% endfor %}
        {% for class in classes %}
            {{ class }}_delta,
        {% endfor %}
        on_hand_base + net_orders_base
        - lag(on_hand_base + net_orders_base) over (partition by location_id, sku_id order by stock_on)
            as restated_qty
    from carried

),

-- before the first statement nothing is known
final as (

    select
        * exclude (restated_qty),
        cast(coalesce(restated_qty, 0) as bigint) as unexplained_qty
    from positions
    where is_stated is not null and stated_at is not null

)

select * from final
