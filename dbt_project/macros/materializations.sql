{#-
    Tables and views replaced in one statement. dbt's own way is for engines that cannot: make under another name, rename the old one away,
    rename the new one, drop the old one, and ask the catalogue between for indexes and keys, of which no model here has any.
    DuckDB's `create or replace` is one transaction: readers see the old relation or the new one.
-#}
{% materialization table, adapter='duckdb' %}
    {%- set built = this.incorporate(type='table') -%}
    {{ make_room_for(built) }}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') -%}
        {%- if config.get('contract').enforced %}
            {{ get_assert_columns_equivalent(compiled_code) }}
            create or replace table {{ built }} {{ get_table_columns_and_constraints() }};
            insert into {{ built }} {{ get_column_names() }} ({{ get_select_subquery(compiled_code) }})
        {%- else %}
            create or replace table {{ built }} as ({{ compiled_code }}
            )
        {%- endif %}
    {%- endcall %}
    {% do persist_docs(built, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [built]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- set built = this.incorporate(type='view') -%}
    {{ make_room_for(built) }}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') -%}
        {%- if config.get('contract').enforced %}
            {{ get_assert_columns_equivalent(sql) }}
        {%- endif %}
        create or replace view {{ built }} as ({{ sql }}
        )
    {%- endcall %}
    {% do persist_docs(built, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [built]}) }}
{% endmaterialization %}

{#- A view cannot replace a table, nor a table a view: what was there as the other goes first. -#}
{% macro make_room_for(built) -%}
    {%- set there = load_cached_relation(built) -%}
    {%- if there is not none and there.type != built.type -%}
        {%- do adapter.drop_relation(there) -%}
    {%- endif -%}
{%- endmacro %}
