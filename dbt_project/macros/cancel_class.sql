{#- Whose decision a cancellation was: customer, merchant (we could not or would not serve), or unknown. -#}
{% macro cancel_class(reason) -%}
    case
        when {{ reason }} in ('customer', 'payment', 'fraud') then 'customer'
        when {{ reason }} in ('out_of_stock', 'could_not_find', 'other') then 'merchant'
        else 'unknown'
    end
{%- endmacro %}
