{#-
    The orders that the news name: rows of changed files, rows they replace, what has happened since, and rows without a key.

    Each reason is a select of its own with one filter: row groups whose bounds do not meet it are passed over, which no `or` of several
    columns allows. A feed without rows, and a reason that no file of a feed can give, is not asked about.
-#}
{% macro first_touched() -%}
    {%- set seen = run_query('select cast(max(as_of) as varchar) from touched.build_seen').rows[0][0] -%}
    select '' as touched_name
    {% for feed, heard in heard_feeds().items() -%}
        {%- set reasons = reasons_of(feed, heard, seen) -%}
        {%- if reasons -%}
            union all
            {{ names_for_reasons(feed, reasons) }}
        {% endif -%}
        {%- if heard.has_news and order_feeds()[feed].statement is defined -%}
            union all
            {{ names_replaced(feed, news_of(feed, heard, seen)) }}
        {% endif -%}
    {%- endfor -%}
    union all
    select other_order_key as touched_name from touched.named_twice where order_key is null
{%- endmacro %}

{#-
    The feeds of `order_feeds` that have rows, each with whether a file `is_changed` or was exported at an instant that
    `lay_ahead` of the last build, and whether it therefore `has_news`.
-#}
{% macro heard_feeds() -%}
    {%- set found, said = {}, order_feeds() -%}
    {%- set asked -%}
        select
            feed,
            feed in (select feed from touched.files_changed) as is_changed,
            max(exported_at) > (select max(as_of) from touched.build_seen) as lay_ahead
        from touched.files_now group by all order by feed
    {%- endset -%}
    {%- for row in run_query(asked).rows if row[0] in said -%}
        {%- do found.update({row[0]: {'is_changed': row[1], 'lay_ahead': row[2], 'has_news': row[1] or row[2]}}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- The conditions under which a row was not heard at the last build: of a changed file, or exported at an instant then still ahead. -#}
{% macro news_of(feed, heard, seen) -%}
    {%- set found = [] -%}
    {%- if heard.is_changed -%}
        {%- set files = "from touched.files_changed where feed = '" ~ feed ~ "')" -%}
        {%- do found.append(
            '_file_sha256 in (select file_sha256 ' ~ files ~ ' and (_account, _file_sha256) in (select (account, file_sha256) ' ~ files
        ) -%}
    {%- endif -%}
    {%- if heard.lay_ahead -%}
        {%- do found.append(came_true('_exported_at', seen)) -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}

{#- All conditions under which a row's orders are touched. -#}
{% macro reasons_of(feed, heard, seen) -%}
    {%- set said, found = order_feeds()[feed], news_of(feed, heard, seen) -%}
    {%- for instant in (said.instants if said.instants is defined else columns_of(feed, 'TIMESTAMP')) -%}
        {%- do found.append(came_true(instant, seen)) -%}
    {%- endfor -%}
    {%- for day in (said.days if said.days is defined else columns_of(feed, 'DATE')) -%}
        {%- do found.append(
            day ~ " between cast(timestamp '" ~ seen ~ "' as date) - 1 and cast(" ~ as_of() ~ ' as date) + 1'
        ) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{% macro came_true(instant, seen) -%}
    {{ return(instant ~ " > timestamp '" ~ seen ~ "' and " ~ instant ~ ' <= ' ~ as_of()) }}
{%- endmacro %}

{% macro names_for_reasons(feed, reasons) -%}
    {%- if order_feeds()[feed].own_name is defined -%}
        {#- a name may stand on another row of its file, so it takes the file to know it -#}
        select unnest(touched_names) as touched_name
        from ({{ named_in_files(feed, rows_where(feed, reasons, '_account, _file_sha256')) }})
        where ({{ reasons | join(') or (') }})
    {%- else -%}
        {{ names_of(feed, rows_where(feed, reasons)) }}
    {%- endif -%}
{%- endmacro %}

{% macro rows_where(feed, reasons, columns='*') -%}
    {%- for reason in reasons -%}
        {{ 'union all' if not loop.first }}
        select {{ columns }} from raw.{{ feed }} where {{ reason }}
    {% endfor -%}
{%- endmacro %}

{#- The orders of older rows of a statement that a new row is of. -#}
{% macro names_replaced(feed, news) -%}
    {%- set said = order_feeds()[feed] -%}
    {%- set older -%}
        select whole.* from raw.{{ feed }} as whole
        semi join ({{ rows_where(feed, news, said.statement | join(', ')) }}) as replaced using ({{ said.statement | join(', ') }})
    {%- endset -%}
    {{ names_of(feed, older) }}
{%- endmacro %}

{#- The keys of the orders that `rows` speak of, a select of rows of the feed. -#}
{% macro names_of(feed, rows) -%}
    {%- set said = order_feeds()[feed] -%}
    {%- if said.names is defined -%}
        select unnest({{ list_of_names(said) }}) as touched_name from ({{ rows }})
    {%- elif said.via is defined -%}
        {%- set parents -%}
            select parent.* from raw.{{ said.via[0] }} as parent
            semi join ({{ rows }}) as child
                on parent._account = child._account and parent.{{ said.via[2] }} = child.{{ said.via[1] }}
        {%- endset -%}
        {{ names_of(said.via[0], parents) }}
    {%- else -%}
        select coalesce(order_key, '') as touched_name from {{ naming_relation('int_shipment_lines__unioned') }}
        where {{ tracking_key('tracking_number') }} in (select {{ tracking_key('told.' ~ said.tracking) }} from ({{ rows }}) as told)
    {%- endif -%}
{%- endmacro %}

{% macro list_of_names(said) -%}
    [{% for name in said.names %}coalesce({{ name }}, ''){{ ', ' if not loop.last }}{% endfor %}]
{%- endmacro %}

{#- The rows of the files that `files` selects, of a feed whose rows may go by a name above them, with their `touched_names`. -#}
{% macro named_in_files(feed, files) -%}
    select *, {{ list_of_names(order_feeds()[feed]) }} as touched_names
    from (select whole.* from raw.{{ feed }} as whole semi join ({{ files }}) as files using (_account, _file_sha256))
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
