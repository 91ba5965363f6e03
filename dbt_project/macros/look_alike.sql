{# SKUs that a reader takes for one: equal but for case, white space and composed letters. #}
{% macro look_alike(column) -%}
lower(nfc_normalize(regexp_replace({{ column }}, '\s+', '', 'g')))
{%- endmacro %}
