{#-
    Recomputing only the orders that were touched since the last build: decision 0016.

    An order with every row that names it is a partition, by its key without the account: equal numbers of two channels go
    together. touched_state.sql finds the partitions; a model that is kept by order reads, forgets and writes those alone.
-#}

{#- Whether this build is narrow: asked for by the variable `narrow`, and found possible when it began. -#}
{% macro is_narrow() -%}
    {%- if execute and var('narrow', false) and flags.WHICH in ('run', 'build') -%}
        {{ return(run_query('select is_narrow from touched.build').rows[0][0]) }}
    {%- endif -%}
    {{ return(false) }}
{%- endmacro %}

{#-
    The configuration of a model that is kept by order: a plain table in a whole build, else rows of touched orders are replaced.
    `names` are the columns that name a row's order, the one it goes by first.
-#}
{% macro by_order(names=['order_key'], is_first_of_lines=false) -%}
    {%- set forget = '{{ forget_touched(' ~ names ~ ') }}' -%}
    {{ return({
        'materialized': 'incremental' if var('narrow', false) else 'table',
        'incremental_strategy': 'append',
        'on_schema_change': 'sync_all_columns',
        'pre_hook': ['{{ touch_changed_listings() }}', forget] if is_first_of_lines else [forget],
        'tags': ['by_order'],
        'meta': {'order_names': names},
    }) }}
{%- endmacro %}

{#- The partition of a row: the first of its names that is known, else the partition of nobody's rows. -#}
{% macro order_partition(of, names) -%}
    coalesce({% for name in names %}{{ of }}.{{ name }}, {% endfor %}'')
{%- endmacro %}

{#- A relation to read from, with the rows of touched orders only where the build is narrow. -#}
{% macro touched(relation, names=['order_key']) -%}
    {%- if is_narrow() -%}
    (
        select whole.*
        from {{ relation }} as whole
        semi join touched.order_names as touched_names
            on {{ order_partition('whole', names) }} = touched_names.touched_name
    )
    {%- else -%}
    {{ relation }}
    {%- endif -%}
{%- endmacro %}

{#- A join that leaves only the touched orders of what a model is about to write. -#}
{% macro only_touched(of, names=['order_key']) -%}
    {%- if is_narrow() -%}
    semi join touched.order_names as touched_names
        on {{ order_partition(of, names) }} = touched_names.touched_name
    {%- endif -%}
{%- endmacro %}

{#- Before a model that is kept by order is written: the touched partitions go, or all of them. -#}
{% macro forget_touched(names=['order_key']) -%}
    {%- if not is_incremental() -%}
    select 1
    {%- elif is_narrow() -%}
    delete from {{ this }}
    where {{ order_partition(this.identifier, names) }} in (select touched_name from touched.order_names)
    {%- else -%}
    delete from {{ this }}
    {%- endif -%}
{%- endmacro %}

{#-
    In a test of keys: leave out those that no row has which the build wrote. A key that was unique before and is not now is one of a row
    that was written, in whichever partition the other lies; and a part that is null is one of such a row. Equal hashes leave in more.
-#}
{% macro only_written_keys(model, columns) -%}
    {%- set name = model.identifier -%}
    {%- set node = graph.nodes.get('model.' ~ project_name ~ '.' ~ name) if name and execute -%}
    {%- if node and 'by_order' in node.tags and is_narrow() -%}
    where hash({{ columns | join(', ') }}) in (
        select hash({{ columns | join(', ') }}) from {{ model }}
        where {{ order_partition(name, node.config.meta.order_names) }} in (select touched_name from touched.order_names)
    )
    {%- endif -%}
{%- endmacro %}

{#- The rows of a feed of `order_feeds`, those of touched orders only where the build is narrow. -#}
{% macro order_source(feed) -%}
    {%- set whole = source('raw', feed) -%}
    {%- if is_narrow() -%}touched.{{ feed }}{%- else -%}{{ whole }}{%- endif -%}
{%- endmacro %}

{#- The order that a row of the shop's export belongs to: continuation rows may leave it blank, file order says whose they are. -#}
{% macro shopify_order_name() -%}
    last_value(nullif(trim(name), '') ignore nulls) over (
        partition by _account, _file_sha256
        order by _source_row
        rows between unbounded preceding and current row
    )
{%- endmacro %}
