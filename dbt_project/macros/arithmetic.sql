{#- A rate from its numerator and denominator; null when there is nothing to divide by. -#}
{% macro safe_divide(numerator, denominator) -%}
    cast({{ numerator }} as double) / nullif({{ denominator }}, 0)
{%- endmacro %}

{#- The join key of an order id as people write it: without the leading number sign and without case. -#}
{% macro order_key(order_id) -%}
    lower(ltrim({{ order_id }}, '#'))
{%- endmacro %}
