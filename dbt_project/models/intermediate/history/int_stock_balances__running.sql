{%- set states = ['on_hand', 'damaged', 'quality_control', 'returned', 'expiring', 'consigned', 'net_orders'] -%}
{%- set kept = ['other_unavailable_qty', 'reserved_qty', 'basis'] -%}
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

    select
        * exclude (is_statement),
        0 as claimed_delta
    from carried
    where stated_at is not null
    -- of an event and a statement at one instant the statement speaks last
    qualify row_number() over (partition by location_id, sku_id, balanced_at order by is_statement desc) = 1

),

instants as (

    select
        location_id,
        sku_id,
        balanced_at,
        {% for column in ['stated_at'] + kept %}
            max({{ column }}) as {{ column }},
        {% endfor %}
        {% for state in states %}
            max({{ state }}_qty) as {{ state }}_qty,
        {% endfor %}
        sum(claimed_delta) as claimed_delta
    from (
        select * from levels
        union all by name
        select * from claims
    ) as changes
    group by all

),

balances as (

    select
        location_id,
        sku_id,
        balanced_at,
        {% for column in ['stated_at'] + kept %}
            last_value({{ column }} ignore nulls) over so_far as {{ column }},
        {% endfor %}
        {% for state in states %}
            last_value({{ state }}_qty ignore nulls) over so_far as {{ state }}_qty,
        {% endfor %}
        sum(claimed_delta) over so_far as claimed_qty
    from instants
    window so_far as (
        partition by location_id, sku_id
        order by balanced_at
        rows between unbounded preceding and current row
    )

),

final as (

    select
        *,
        cast({{ sellable_units() }} as bigint) as sellable_qty,
        cast(claimed_qty - net_orders_qty as bigint) as committed_qty,
        {{ unavailable_units() }} as unavailable_qty,
        lead(balanced_at) over (partition by location_id, sku_id order by balanced_at) as next_balanced_at
    from balances
    -- before the first statement nothing is known
    where stated_at is not null

)

select * from final
