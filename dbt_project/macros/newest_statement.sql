{#-
    Keep one statement per key: the one its file's instant, then its own update instant, then its place says is newest.
    The order of arrival never decides. `updated_at` is the column that says when the source changed the row, if it has one.
-#}
{% macro newest_statement(keys, updated_at=none) -%}
    qualify row_number() over (
        partition by {{ keys | join(', ') }}
        order by
            _exported_at desc,
            {% if updated_at %}{{ updated_at }} desc nulls last,
            {% endif -%}
            _file_sha256 desc,
            _source_row desc
    ) = 1
{%- endmacro %}

{#- Statements exported after as_of were not known then and are left out, so that any past build can be repeated. -#}
{% macro known_by_as_of() -%}
    _exported_at <= {{ as_of() }}
{%- endmacro %}
