{#-
    Available to sell at a past instant: the same terms as at as_of (int_stock__available_to_sell). A test holds the newest
    day of the history against it, so that the two cannot drift apart.
-#}
{% macro unavailable_units() -%}
    damaged_qty + quality_control_qty + returned_qty + expiring_qty + consigned_qty + other_unavailable_qty + blocked_units
{%- endmacro %}

{% macro sellable_units() -%}
    greatest(0, greatest(0, on_hand_qty) - ({{ unavailable_units() }}))
{%- endmacro %}

{#- What a day's rows were made from: the day's changes and the text of the model that made them. -#}
{% macro day_hash(changes_hash) -%}
    md5({{ changes_hash }} || '{{ local_md5(model.raw_code) if model is defined else '' }}')
{%- endmacro %}

{#-
    The first day of a history that has to be written again. Every later day follows from it. It is the first day whose changes
    are not those it was written from, never later than two days before the end, since the newest days were not over.
-#}
{% macro first_stale_day() -%}
    {%- if is_incremental() -%}
    (
        select
            least(
                min(
                    case
                        when written.day_hash is distinct from {{ day_hash('days.changes_hash') }} then days.stock_on
                    end
                ),
                max(days.stock_on) - 2,
                max(written.stock_on) - 2
            ) as stale_on
        from {{ ref('int_stock_days__fingerprinted') }} as days
        left join (select stock_on, max(day_hash) as day_hash from {{ this }} group by stock_on) as written
            on days.stock_on = written.stock_on
    )
    {%- else -%}
    (select date '0001-01-01' as stale_on)
    {%- endif -%}
{%- endmacro %}

{#- Before a history is written: whole days go, the stale ones, those after as_of, and those that are too old to keep. -#}
{% macro forget_stale_days() -%}
    {%- if is_incremental() -%}
    delete from {{ this }}
    where
        stock_on >= {{ first_stale_day() }}
        or stock_on > (select max(stock_on) from {{ ref('int_stock_days__fingerprinted') }})
        or exists (
            select 1
            from {{ ref('int_locations__calendared') }} as locations
            where locations.location_id = {{ this.identifier }}.location_id
                and {{ this.identifier }}.stock_on < locations.first_on
        )
    {%- else -%}
    select 1
    {%- endif -%}
{%- endmacro %}

{#-
    The policy row that held for each row of a relation on its own day: like `resolved_policy`, with every dated row of the
    policy instead of those in force today. `day` is the relation's date column; it comes back as `asked_on`.
-#}
{% macro policy_of_the_day(relation, policy, keys, day) -%}
    {{ most_specific_rows(relation, policy, keys, day) }}
{%- endmacro %}

{#- Signed free stock and the buffer of a location, as at as_of (int_stock__available_to_sell). -#}
{% macro free_units() -%}
    sellable_qty - committed_qty - reserved_qty - outbound_qty
{%- endmacro %}

{% macro buffer_units(fixed_qty, rate, sellable_qty) -%}
    cast(greatest({{ fixed_qty }}, ceil(round({{ rate }} * {{ sellable_qty }}, 9))) as bigint)
{%- endmacro %}

{% macro available_units(of='') -%}
    case when {{ of }}is_open then greatest(0, {{ of }}free_qty - {{ of }}node_buffer_qty) else 0 end
{%- endmacro %}
