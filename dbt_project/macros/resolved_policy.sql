{#-
    The policy row that holds for each row of a relation: a select over all policy columns plus the key columns.

    `relation` and `policy` are names of CTEs or refs; `keys` pairs each key column of `relation` with the policy's column,
    the most important first. An exact value beats `*`, the first key counts most. Equality joins only, so it stays linear.
-#}
{% macro resolved_policy(relation, policy, keys) -%}
    select
        {% for ours, theirs in keys -%}
        asked.{{ ours }} as asked_{{ ours }},
        {% endfor -%}
        in_force.*
    from (
        select distinct
            {% for ours, theirs in keys -%}
            {{ ours }}{{ ',' if not loop.last }}
            {% endfor -%}
        from {{ relation }}
    ) as asked
    {% for ours, theirs in keys -%}
    cross join (values (true), (false)) as level_{{ loop.index }} (is_exact)
    {% endfor -%}
    inner join {{ policy }} as in_force
        on {% for ours, theirs in keys -%}
        in_force.{{ theirs }} = case when level_{{ loop.index }}.is_exact then asked.{{ ours }} else '*' end
        {% if not loop.last %}and {% endif -%}
        {% endfor -%}
    qualify row_number() over (
        partition by {% for ours, theirs in keys %}asked.{{ ours }}{{ ', ' if not loop.last }}{% endfor %}
        order by
            {% for ours, theirs in keys -%}
            level_{{ loop.index }}.is_exact desc,
            {% endfor -%}
            in_force.effective_from_on desc
    ) = 1
{%- endmacro %}

{#- The policy_channel row of each account and SKU of a relation; see resolved_policy for the columns. -#}
{% macro channel_policy(relation) -%}
    {{ resolved_policy(relation, ref('stg_policy__channel'), [['channel_account', 'channel_account'], ['sku_id', 'sku']]) }}
{%- endmacro %}
