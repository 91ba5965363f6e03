{#-
    Add to the touched orders every order that one of them is also called or told by, and so on, and cut the slices.

    Two names belong together when a statement, a parcel or a return gives both.
-#}
{% macro close_and_slice() -%}
    create or replace table touched.order_names as
    with recursive pairs as (
        select order_key as one_name, other_order_key as other_name from touched.named_twice where order_key is not null
        union all
        select other_order_key as one_name, order_key as other_name from touched.named_twice where order_key is not null
    ),
    reached as (
        select touched_name from touched.order_names where touched_name is not null
        union
        select pairs.other_name as touched_name
        from reached
        inner join pairs
            on reached.touched_name = pairs.one_name
    )
    select touched_name from reached
    union
    select '' as touched_name;
    {%- set heard = heard_feeds() %}
    {%- for feed, said in order_feeds().items() if said.is_sliced %}
        {{ cut_slice(feed, said) if feed in heard else 'create or replace table touched.' ~ feed ~ ' as from raw.' ~ feed ~ ' limit 0' }};
    {%- endfor %}
{%- endmacro %}

{#- Rows that go by two names, or by the second alone: all that closing needs to know, read once. -#}
{% macro note_named_twice() -%}
    create or replace table touched.named_twice as
    select distinct order_key, other_order_key from {{ statements_relation() }} where order_key != other_order_key
    {%- for model in ['int_warehouse_shipments__stated', 'int_return_requests__stated'] %}
        union
        select order_key, other_order_key from {{ naming_relation(model) }}
        where order_key != other_order_key or (order_key is null and other_order_key is not null)
    {%- endfor %}
{%- endmacro %}

{#-
    The rows of touched orders, and every other row of the statements that these are a part of. Found by key columns alone; then whole
    rows are fetched by their numbers, from the row groups that hold them.
-#}
{% macro cut_slice(feed, said) -%}
    {%- set place = '_account, _file_sha256, _source_row' -%}
    create or replace table touched.rows_found as {{ keys_touched(feed, said, (said.statement or []) | join(', ') or place) }};
    {% if said.statement is defined -%}
        create or replace table touched.rows_found as
        select {{ 'whole.' ~ place | replace(', ', ', whole.') }} from raw.{{ feed }} as whole
        semi join (select distinct * from touched.rows_found) as statements
            on {% for column in said.statement -%}
            whole.{{ column }} is not distinct from statements.{{ column }} {{ 'and' if not loop.last }}
            {% endfor -%};
    {% endif -%}
    create or replace table touched.{{ feed }} as
    select whole.* from raw.{{ feed }} as whole semi join touched.rows_found using ({{ place }})
{%- endmacro %}

{% macro keys_touched(feed, said, columns) -%}
    {%- set touched_names = '(select touched_name from touched.order_names)' -%}
    {%- if said.own_name is defined -%}
        select {{ columns }}
        from (
            {{ named_in_files(
                feed,
                'select _account, _file_sha256 from raw.' ~ feed ~ ' where ' ~ said.own_name ~ ' in ' ~ touched_names
                ~ ' union select _account, _file_sha256 from raw.' ~ feed ~ ' group by all'
                ~ ' having min(_source_row) is distinct from min(_source_row) filter (' ~ said.own_name ~ ' is not null)'
            ) }}
        )
        where touched_names[1] in {{ touched_names }}
    {%- else -%}
        select {{ columns }} from raw.{{ feed }}
        where {% for name in said.names -%}
            {{ 'or' if not loop.first }} coalesce({{ name }}, '') in {{ touched_names }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
