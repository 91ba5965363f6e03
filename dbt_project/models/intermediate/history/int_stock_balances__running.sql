{%- set states = ['on_hand', 'damaged', 'quality_control', 'returned', 'expiring', 'consigned', 'net_orders'] -%}
{%- set kept = ['other_unavailable_qty', 'reserved_qty', 'basis'] -%}
{%- set kinds = ['claimed', 'held', 'blocked', 'outbound'] -%}
{%- set levels = [] -%}
{%- for state in states %}{% do levels.append(state ~ '_qty') %}{% endfor -%}
with

timeline as (

    select * from {{ ref('int_stock_timeline__accumulated') }}

),

claims as (

    select
        location_id,
        sku_id,
        changed_at as balanced_at,
        sum(delta_qty) as claimed_delta
    from {{ ref('int_claims__changed') }}
    where location_id is not null
    group by all

),

carried as (

    select
        location_id,
        sku_id,
        moved_at as balanced_at,
        is_statement,
        last_value(case when is_statement then moved_at end ignore nulls) over so_far as stated_at,
        {% for column in kept %}
            last_value(case when is_statement then {{ column }} end ignore nulls) over so_far as {{ column }},
        {% endfor %}
    {% for state in states %}
        {{ state }}_moved
        + last_value({{ state }}_stated - {{ state }}_moved ignore nulls) over so_far as {{ state }}_qty
        {{- ',' if not loop.last }}
    {% endfor %}
    from timeline
    window so_far as (
        partition by location_id, sku_id
        order by moved_at, is_statement
        rows between unbounded preceding and current row
    )

),

levels as (

    select * exclude (is_statement)
    from carried
    where stated_at is not null
    -- of an event and a statement at one instant the statement speaks last
    qualify row_number() over (partition by location_id, sku_id, balanced_at order by is_statement desc) = 1

),

changes as (

    select * from levels
    union all by name
    select * from claims
    union all by name
    select * rename (changed_at as balanced_at) from {{ ref('int_stock_holds__changed') }}

),

instants as (

    select
        location_id,
        sku_id,
        balanced_at,
        {% for column in ['stated_at'] + kept + levels %}
            max({{ column }}) as {{ column }},
        {% endfor %}
    {% for kind in kinds %}
        coalesce(sum({{ kind }}_delta), 0) as {{ kind }}_delta{{ ',' if not loop.last }}
    {% endfor %}
    from changes
    group by all

),

balances as (

    select
        location_id,
        sku_id,
        balanced_at,
        {% for column in ['stated_at'] + kept + levels %}
            last_value({{ column }} ignore nulls) over so_far as {{ column }},
        {% endfor %}
    {% for kind in kinds %}
        sum({{ kind }}_delta) over so_far as {{ kind }}_qty{{ ',' if not loop.last }}
    {% endfor %}
    from instants
    window so_far as (
        partition by location_id, sku_id
        order by balanced_at
        rows between unbounded preceding and current row
    )

),

-- a statement's own reserve holds what was held at its instant; only what it holds beyond that is added
held as (

    select
        * exclude (reserved_qty),
        held_qty
        + last_value(case when balanced_at = stated_at then greatest(0, reserved_qty - held_qty) end ignore nulls)
            over (partition by location_id, sku_id order by balanced_at) as reserved_qty,
        -- goods that stand in quality control already are not taken off again
        greatest(0, blocked_qty - quality_control_qty) as blocked_units
    from balances
    -- before the first statement nothing is known
    where stated_at is not null

),

final as (

    select
        location_id,
        sku_id,
        balanced_at,
        lead(balanced_at) over (partition by location_id, sku_id order by balanced_at) as next_balanced_at,
        stated_at,
        basis,
        {% for column in levels + ['other_unavailable_qty', 'reserved_qty', 'outbound_qty'] %}
            cast({{ column }} as bigint) as {{ column }},
        {% endfor %}
        cast({{ unavailable_units() }} as bigint) as unavailable_qty,
        cast({{ sellable_units() }} as bigint) as sellable_qty,
        cast(claimed_qty - net_orders_qty as bigint) as committed_qty
    from held

)

select * from final
