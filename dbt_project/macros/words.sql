{#- What a line is called when the channel's export leaves its SKU blank. -#}
{% macro channel_sku(sku, title) -%}
    coalesce(nullif(trim({{ sku }}), ''), 'name:' || coalesce(trim({{ title }}), ''))
{%- endmacro %}

{#- A written reason or status as one lower-case word: `Too small!` becomes too_small. -#}
{% macro as_word(text) -%}
    nullif(trim(regexp_replace(lower({{ text }}), '[^a-z0-9]+', '_', 'g'), '_'), '')
{%- endmacro %}

{#- The form in which tracking numbers are compared: without blanks and case. -#}
{% macro tracking_key(tracking_number) -%}
    nullif(upper(replace({{ tracking_number }}, ' ', '')), '')
{%- endmacro %}

{#- The number at the end of a global id such as gid://shopify/Order/9001. -#}
{% macro gid_number(gid) -%}
    nullif(regexp_extract({{ gid }}, '([0-9]+)$', 1), '')
{%- endmacro %}

{#- The location a source means by its own name for it: as the account maps it, else a name of its own. -#}
{% macro location_of(account, source_location_name, mapped_location_id) -%}
    case
        when {{ source_location_name }} is not null
            then coalesce({{ mapped_location_id }}, {{ account }} || ':' || {{ source_location_name }})
    end
{%- endmacro %}
