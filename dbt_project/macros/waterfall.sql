{#-
    A number as steps: one row per term that is not zero, and always the first one.

    `relation` is a CTE, `keys` its key columns, `terms` pairs of a term's name and its signed units, in the order they are applied.
    A further term is one more pair. Columns: the keys, step_number, term, change_qty and running_qty, what is left after it.
-#}
{% macro waterfall_steps(relation, keys, terms) -%}
    select
        {{ keys | join(', ') }},
        step.step_number,
        step.term,
        step.change_qty,
        cast(sum(step.change_qty) over (
            partition by {{ keys | join(', ') }}
            order by step.step_number
            rows between unbounded preceding and current row
        ) as bigint) as running_qty
    from (
        select
            {{ keys | join(', ') }},
            -- most terms are zero: they go before they become rows
            unnest(list_filter([
                {% for term, units in terms -%}
                {
                    'step_number': cast({{ loop.index * 10 }} as bigint),
                    'term': '{{ term }}',
                    'change_qty': cast(coalesce({{ units }}, 0) as bigint)
                }{{ ',' if not loop.last }}
                {% endfor -%}
            ], lambda one: one.change_qty != 0 or one.step_number = 10)) as step
        from {{ relation }}
    ) as unpacked
{%- endmacro %}
