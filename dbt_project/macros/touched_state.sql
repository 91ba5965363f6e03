{#-
    What the last build saw, and what this one therefore has to do. Everything is kept in schema `touched` of the build file:
    `build` (this build: is it narrow, and why not), `order_names` (the touched partitions), a slice of each feed, and, of the
    last build that ended, `build_seen`, `files_seen`, `listings_seen`.
-#}

{#- on-run-start: look at the files, decide, and find the touched orders when the build is narrow. -#}
{% macro begin_build() -%}
    {%- if not (execute and flags.WHICH in ('run', 'build') and orders_are_built()) -%}
        {{ return('select 1') }}
    {%- endif -%}
    {%- set upstream = upstream_of_orders() -%}
    {%- set asks = var('narrow', false) and load_relation(statements_relation()) is not none -%}
    {%- set script -%}
    create schema if not exists touched;
    create table if not exists touched.build_seen (as_of timestamp, project varchar, inputs_hash varchar, is_done boolean);
    create table if not exists touched.files_seen (
        feed varchar, account varchar, file_sha256 varchar, row_count bigint, first_loaded_at timestamp,
        last_loaded_at timestamp, exported_at timestamp
    );
    create table if not exists touched.listings_seen (channel_account varchar, channel_sku varchar, listing_hash ubigint);
    create or replace table touched.files_now as {{ files_now(upstream.feeds) }};
    create or replace table touched.files_changed as select * from touched.files_now except select * from touched.files_seen;
    create or replace table touched.build as {{ decision(upstream, asks) }};
    update touched.build_seen set is_done = false;
    create or replace table touched.order_names as select '' as touched_name
    {%- endset -%}
    {%- do committed(script) -%}
    {%- if is_narrow() -%}
        {%- do committed(note_named_twice()) -%}
        {%- do committed('insert into touched.order_names select distinct touched_name from (' ~ first_touched() ~ ')') -%}
        {%- do committed(close_and_slice()) -%}
    {%- endif -%}
    {{ return('select 1') }}
{%- endmacro %}

{#- Run a script in a transaction of its own; a hook's own text is not committed once its macro has asked the database. -#}
{% macro committed(script) -%}
    {%- call statement(auto_begin=True) -%}{{ script }}{%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return('select 1') }}
{%- endmacro %}

{#-
    on-run-end: what was seen counts only when every model that is kept by order was written and no test of one failed; the next
    build would not look at the rows again.
-#}
{% macro end_build(results) -%}
    {%- if not (execute and flags.WHICH in ('run', 'build') and orders_are_built()) -%}
        {{ return('select 1') }}
    {%- endif -%}
    {%- set kept, written, failed = kept_by_order(), [], [] -%}
    {%- for result in results -%}
        {%- if result.status == 'success' -%}
            {%- do written.append(result.node.unique_id) -%}
        {%- elif result.status in ('fail', 'error') and result.node.depends_on.nodes | select('in', kept) | list -%}
            {%- do failed.append(result.node.unique_id) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if failed or kept | reject('in', written) | list -%}
        {{ return('select 1') }}
    {%- endif -%}
    {%- set script -%}
    create or replace table touched.files_seen as from touched.files_now;
    create or replace table touched.listings_seen as {{ listings_now() }};
    create or replace table touched.build_seen as select as_of, project, inputs_hash, true as is_done from touched.build
    {%- endset -%}
    {{ return(committed(script)) }}
{%- endmacro %}

{#- Before order lines are written: a SKU that is listed otherwise than before touches every order that names it. -#}
{% macro touch_changed_listings() -%}
    {%- if not is_narrow() -%}
        {{ return('select 1') }}
    {%- endif -%}
    {%- set changed -%}
        select
            coalesce(now.channel_account, seen.channel_account) as channel_account,
            coalesce(now.channel_sku, seen.channel_sku) as channel_sku
        from ({{ listings_now() }}) as now
        full join touched.listings_seen as seen
            on now.channel_account = seen.channel_account and now.channel_sku = seen.channel_sku
        where now.listing_hash is distinct from seen.listing_hash
    {%- endset -%}
    {%- if run_query('select count(*) from (' ~ changed ~ ')').rows[0][0] == 0 -%}
        {{ return('select 1') }}
    {%- endif -%}
    {%- set named -%}
        select distinct coalesce(order_key, '') as touched_name from {{ statements_relation() }}
        semi join ({{ changed }}) using (channel_account, channel_sku)
        where coalesce(order_key, '') not in (select touched_name from touched.order_names)
    {%- endset -%}
    {%- if run_query('select count(*) from (' ~ named ~ ')').rows[0][0] == 0 -%}
        {{ return('select 1') }}
    {%- endif -%}
    insert into touched.order_names {{ named }};
    {{ note_named_twice() }};
    {{ close_and_slice() }}
{%- endmacro %}

{% macro listings_now() -%}
    select channel_account, channel_sku,
        hash(listing_id, sku_id, units_per_listing, match_status, fulfilled_by) as listing_hash
    from {{ target.database }}.intermediate.int_listings__matched where is_order_match
{%- endmacro %}

{% macro statements_relation() -%}
    {{ return(api.Relation.create(target.database, 'intermediate', 'int_order_statements__unioned')) }}
{%- endmacro %}

{% macro kept_by_order() -%}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and 'by_order' in node.tags -%}
        {%- do found.append(node.unique_id) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{% macro orders_are_built() -%}
    {{ return(kept_by_order() | select('in', selected_resources) | list | length > 0) }}
{%- endmacro %}

{#-
    The raw tables, and the tables of settings and policies, that the models kept by order read, not through listings and
    accounts: what changed in listings is compared as such, and of accounts only the configured ones can change.
-#}
{% macro upstream_of_orders() -%}
    {%- set feeds, others, seen, waiting = [], ['company.settings', 'company.accounts'], [], kept_by_order() -%}
    {%- for _ in range(2000) if waiting -%}
        {%- set unique_id = waiting.pop() -%}
        {%- set is_boundary = unique_id.split('.')[-1] in ('int_listings__matched', 'int_accounts__known') -%}
        {%- if unique_id not in seen and not is_boundary -%}
            {%- do seen.append(unique_id) -%}
            {%- if unique_id in graph.sources -%}
                {%- set found = graph.sources[unique_id] -%}
                {%- if found.source_name == 'raw' -%}
                    {%- do feeds.append(found.identifier) -%}
                {%- elif found.schema ~ '.' ~ found.identifier not in others -%}
                    {%- do others.append(found.schema ~ '.' ~ found.identifier) -%}
                {%- endif -%}
            {%- else -%}
                {%- for parent in graph.nodes[unique_id].depends_on.nodes -%}
                    {%- do waiting.append(parent) -%}
                {%- endfor -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return({'feeds': feeds | sort, 'others': others | sort}) }}
{%- endmacro %}

{% macro files_now(feeds) -%}
    {%- for feed in feeds %}
        select '{{ feed }}' as feed, _account as account, _file_sha256 as file_sha256, count(*) as row_count,
            min(_loaded_at) as first_loaded_at, max(_loaded_at) as last_loaded_at, max(_exported_at) as exported_at
        from raw.{{ feed }} group by all
        {{ 'union all' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- One row: is the build narrow, and if it is not, the first reason why. -#}
{% macro decision(upstream, asks) -%}
    with reasons as (
        select 1 as rank, 'a whole build was asked for, or is the first' as reason where {{ not asks }}
        union all
        select 2, 'no earlier build is known' where not exists (select 1 from touched.build_seen)
        union all
        select 3, 'the last build did not end, or a test of it failed' from touched.build_seen where not is_done
        union all
        select 4, 'the models have changed' from touched.build_seen where project is distinct from {{ project_hash() }}
        union all
        select 5, 'the configuration or a policy has changed' from touched.build_seen
        where inputs_hash is distinct from {{ inputs_hash(upstream.others) }}
        union all
        select 6, 'the instant went back' from touched.build_seen where as_of > {{ as_of() }}
        union all
        select 7, files_seen.feed || ': a file is gone or was read anew' from touched.files_seen
        anti join touched.files_now
            on files_seen.feed = files_now.feed and files_seen.account is not distinct from files_now.account
                and files_seen.file_sha256 is not distinct from files_now.file_sha256
                and files_seen.row_count <= files_now.row_count
                and files_seen.first_loaded_at is not distinct from files_now.first_loaded_at
        union all
        select 8, feed || ': its rows do not say alone which order they are of' from touched.files_changed
        where feed not in ('{{ order_feeds() | join("', '") }}')
        {%- for feed in upstream.feeds if feed not in order_feeds() %}
            union all
            {{ instants_between(feed) }}
        {%- endfor %}
    )
    select {{ as_of() }} as as_of, {{ project_hash() }} as project, {{ inputs_hash(upstream.others) }} as inputs_hash,
        count(*) = 0 as is_narrow, arg_min(reason, rank) as reason
    from reasons
{%- endmacro %}

{% macro project_hash() -%}
    '{{ var("project", "") }}'
{%- endmacro %}

{#- A policy's rows count as of the day: around the day a row begins or ends, the hash is another one. -#}
{% macro inputs_hash(tables) -%}
    md5(
        {%- for table in tables %}
            coalesce((
                select string_agg(cast(inputs as varchar), chr(10) order by cast(inputs as varchar)) from {{ table }} as inputs
            ), '')
            {%- if table.startswith('policy.') %}
                || (
                    select count(*) filter (where effective_from_on > cast({{ as_of() }} as date) + 1)
                        || '/' || count(*) filter (where effective_from_on > cast({{ as_of() }} as date) - 1)
                        || '/' || count(*) filter (where effective_to_on > cast({{ as_of() }} as date) + 1)
                        || '/' || count(*) filter (where effective_to_on > cast({{ as_of() }} as date) - 1)
                    from {{ table }}
                )
            {%- endif %} || ';' ||
        {%- endfor %}
        {{ told_accounts() }}
    )
{%- endmacro %}

{#- The accounts whose parcels a feed tells: the first of an account takes what its orders' status implied away from all of them. -#}
{% macro told_accounts() -%}
    coalesce((
        select string_agg(told.account, ',' order by told.account)
        from (
            select distinct trim(channel_account) as account from raw.house__shipments where {{ known_by_as_of() }}
            union
            select distinct _account as account from raw.amazon__fba_shipments where {{ known_by_as_of() }}
        ) as told
    ), '')
{%- endmacro %}

{#- What lay ahead at the last build and no longer does, in a feed whose rows do not name their orders. -#}
{% macro instants_between(feed) -%}
    {%- set instants = columns_of(feed, 'TIMESTAMP') + ['_exported_at'] -%}
    select 9, '{{ feed }}: something that lay ahead has happened'
    where exists (
        select 1 from raw.{{ feed }}
        where {% for column in instants -%}
            {{ has_happened(adapter.quote(column)) }}{{ ' or ' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{% macro has_happened(instant) -%}
    ({{ instant }} > (select max(as_of) from touched.build_seen) and {{ instant }} <= {{ as_of() }})
{%- endmacro %}
