{#-
    Keep what the newest file says of a whole, such as the lines of an order: all its rows of that file, one per part.

    A part that the newest file no longer lists is gone. `whole` and `part` are key columns; of a part twice in one file the last
    row counts. `updated_at` is the column that says when the source changed the whole, if it has one.
-#}
{% macro newest_whole(whole, part, updated_at=none) -%}
    qualify
        _file_sha256 = first_value(_file_sha256) over (
            partition by {{ whole | join(', ') }}
            order by
                _exported_at desc,
                {% if updated_at %}{{ updated_at }} desc nulls last,
                {% endif -%}
                _file_sha256 desc
        )
        and row_number() over (
            partition by {{ (whole + part) | join(', ') }}, _file_sha256
            order by _source_row desc
        ) = 1
{%- endmacro %}
