{#- The orders that the news name: rows of changed files, rows they replace, what has happened since, and rows without a key. -#}
{% macro first_touched() -%}
    {%- for feed, said in order_feeds().items() %}
        select unnest(touched_names) as touched_name
        from ({{ named_rows(feed) }}) as rows_of_feed
        where
            {{ is_news(feed) }}
            {%- for instant in (said.instants if said.instants is defined else columns_of(feed, 'TIMESTAMP')) %}
                or {{ has_happened(instant) }}
            {%- endfor %}
            {%- for day in (said.days if said.days is defined else columns_of(feed, 'DATE')) %}
                or {{ day }} between cast((select max(as_of) from touched.build_seen) as date) - 1
                and cast({{ as_of() }} as date) + 1
            {%- endfor %}
        {%- if said.statement is defined %}
            union
            select unnest(touched_names) as touched_name
            from ({{ named_rows(feed) }}) as rows_of_feed
            semi join (
                select distinct {{ said.statement | join(', ') }} from raw.{{ feed }}
                where {{ is_news(feed) }}
            ) as replaced using ({{ said.statement | join(', ') }})
        {%- endif %}
        union
    {%- endfor %}
    select other_order_key as touched_name from {{ naming_relation('int_warehouse_shipments__stated') }}
    where order_key is null
    union
    select other_order_key as touched_name from {{ naming_relation('int_return_requests__stated') }}
    where order_key is null
{%- endmacro %}

{#- Whether a row was not heard at the last build: of a file that was not there, or that spoke of an instant still ahead. -#}
{% macro is_news(feed) -%}
    (
        (_account, _file_sha256) in (
            select (account, file_sha256) from ({{ changed_files() }}) where feed = '{{ feed }}'
        )
        or {{ has_happened('_exported_at') }}
    )
{%- endmacro %}

{#- Every row of a feed with the keys of the orders it speaks of as `touched_names`. -#}
{% macro named_rows(feed) -%}
    {%- set said = order_feeds()[feed] -%}
    {%- if said.names is defined -%}
    select *, [{% for name in said.names %}coalesce({{ name }}, ''){{ ', ' if not loop.last }}{% endfor %}]
        as touched_names
    from raw.{{ feed }}
    {%- else -%}
    select child.*, parents.touched_names
    from raw.{{ feed }} as child
    inner join (
        {%- if said.via is defined %}
        select _account, {{ said.via[2] }} as found_by, list_distinct(flatten(list(touched_names))) as touched_names
        from ({{ named_rows(said.via[0]) }}) group by all
        {%- else %}
        select {{ tracking_key('tracking_number') }} as found_by, list_distinct(list(coalesce(order_key, ''))) as touched_names
        from {{ naming_relation('int_shipment_lines__unioned') }} group by all
        {%- endif %}
    ) as parents
        on {% if said.via is defined -%}
        child._account = parents._account and child.{{ said.via[1] }} = parents.found_by
        {%- else -%}
        {{ tracking_key('child.' ~ said.tracking) }} = parents.found_by
        {%- endif %}
    {%- endif -%}
{%- endmacro %}

{#- The names of a feed's columns of a type, lineage left out. -#}
{% macro columns_of(feed, type) -%}
    {%- set found = [] -%}
    {%- for column in adapter.get_columns_in_relation(source('raw', feed)) -%}
        {%- if column.dtype.startswith(type) and not column.name.startswith('_') -%}
            {%- do found.append(column.name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{% macro naming_relation(model) -%}
    {{ target.database }}.intermediate.{{ model }}
{%- endmacro %}

{#-
    Add to the touched orders every order that one of them is also called or told by, and so on, and cut the slices.

    Two names belong together when a statement, a parcel or a return gives both.
-#}
{% macro close_and_slice() -%}
    create or replace table touched.pairs as
    with named_twice as (
        select order_key, other_order_key from {{ statements_relation() }}
        union all
        select order_key, other_order_key from {{ naming_relation('int_warehouse_shipments__stated') }}
        union all
        select order_key, other_order_key from {{ naming_relation('int_return_requests__stated') }}
    )
    select order_key as one_name, other_order_key as other_name from named_twice where order_key != other_order_key
    union
    select other_order_key as one_name, order_key as other_name from named_twice where order_key != other_order_key;
    create or replace table touched.order_names as
    with recursive reached as (
        select touched_name from touched.order_names where touched_name is not null
        union
        select pairs.other_name as touched_name
        from reached
        inner join touched.pairs as pairs
            on reached.touched_name = pairs.one_name
    )
    select touched_name from reached
    union
    select '' as touched_name;
    {%- for feed, said in order_feeds().items() if said.is_sliced %}
        create or replace table touched.{{ feed }} as {{ slice_of(feed) }};
    {%- endfor %}
{%- endmacro %}

{#- The rows of touched orders, and every other row of the statements that these are a part of. -#}
{% macro slice_of(feed) -%}
    {%- set said = order_feeds()[feed] -%}
    {%- set its_rows -%}
        select * exclude (touched_names) from ({{ named_rows(feed) }})
        where
            {%- for name in said.names %}
                {{ 'or' if not loop.first }} touched_names[{{ loop.index }}] in (select touched_name from touched.order_names)
            {%- endfor %}
    {%- endset -%}
    {%- if said.statement is not defined -%}
        {{ its_rows }}
    {%- else -%}
        select whole.* from raw.{{ feed }} as whole
        semi join (select distinct {{ said.statement | join(', ') }} from ({{ its_rows }})) as statements
            on {% for column in said.statement -%}
            whole.{{ column }} is not distinct from statements.{{ column }} {{ 'and' if not loop.last }}
            {% endfor %}
    {%- endif -%}
{%- endmacro %}
