{#-
    Keep the newest transmission of each X12 document with all its lines: a document that is sent again, replaced (05) or
    cancelled (01) speaks for itself alone. `number` is the column of the document's own number; without one a transaction is
    a document of its own. A cancelled document keeps its lines under purpose 01, for the reader to leave out.
-#}
{% macro newest_document(number) -%}
    {%- set transmission = "concat_ws('|', _file_sha256, interchange_control, group_control, transaction_control)" -%}
    qualify
        {{ transmission }} = first_value({{ transmission }}) over (
            partition by
                _account,
                interchange_sender,
                coalesce(nullif({{ number }}, ''), concat_ws('|', interchange_control, group_control, transaction_control))
            order by _exported_at desc, interchange_control desc, _file_sha256 desc, _source_row desc
        )
{%- endmacro %}

{#- The instant of a message: as stated, else the end of its day, but never after the message itself. -#}
{% macro stated_instant(at, on) -%}
    coalesce({{ at }}, least(_exported_at, cast({{ on }} + 1 as timestamp)), _exported_at)
{%- endmacro %}
