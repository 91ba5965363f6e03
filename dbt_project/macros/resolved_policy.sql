{#-
    The policy row that holds for each row of a relation: a select over all policy columns plus the key columns.

    `relation` and `policy` are names of CTEs or refs; `keys` pairs each key column of `relation` with the policy's column,
    the most important first. An exact value beats `*`, the first key counts most.
-#}
{% macro resolved_policy(relation, policy, keys) -%}
    {{ most_specific_rows(relation, policy, keys) }}
{%- endmacro %}

{#-
    `resolved_policy`; with `day`, the relation's date column, the row that held on that day, which comes back as `asked_on`.

    One join for each way in which keys are exact or `*`: a single join on either is no equality to the planner, which then
    compares every key asked for with every row of the policy.
-#}
{% macro most_specific_rows(relation, policy, keys, day=none) -%}
    {%- set count = keys | length -%}
    with

    asked as (

        select distinct
            {% for ours, theirs in keys -%}
            {{ ours }} as asked_{{ ours }}{{ ',' if day or not loop.last }}
            {% endfor -%}
            {% if day -%}
            {{ day }} as asked_on
            {% endif -%}
        from {{ relation }}

    ),

    fitting as (

        {% for way in range(2 ** count) -%}
        select
            asked.*,
            {{ way }} as wildness,
            dated.*
        from asked
        inner join {{ policy }} as dated
            on
                {% for ours, theirs in keys -%}
                {% set is_wild = (way // 2 ** (count - loop.index)) % 2 == 1 -%}
                dated.{{ theirs }} = {{ "'*'" if is_wild else 'asked.asked_' ~ ours }}
                {% if day or not loop.last %}and {% endif -%}
                {% endfor -%}
                {% if day -%}
                asked.asked_on >= dated.effective_from_on
                and asked.asked_on < coalesce(dated.effective_to_on, date '9999-12-31')
                {% endif %}
        {{ 'union all' if not loop.last }}
        {% endfor %}
    )

    select * exclude (wildness)
    from fitting
    qualify row_number() over (
        partition by {% for ours, theirs in keys %}asked_{{ ours }}{{ ', ' if day or not loop.last }}{% endfor %}{{ 'asked_on' if day }}
        order by wildness asc, effective_from_on desc
    ) = 1
{%- endmacro %}

{#- The policy_channel row of each account and SKU of a relation; see resolved_policy for the columns. -#}
{% macro channel_policy(relation) -%}
    {{ resolved_policy(relation, ref('stg_policy__channel'), [['channel_account', 'channel_account'], ['sku_id', 'sku']]) }}
{%- endmacro %}
