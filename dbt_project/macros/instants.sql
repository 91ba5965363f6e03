{#- The instant every number speaks of, UTC. There is no default: a build that does not say its instant cannot be repeated. -#}
{% macro as_of() -%}
    {%- set instant = var('as_of', none) -%}
    {%- if execute and instant is none -%}
        {{ exceptions.raise_compiler_error("var as_of is missing: pass --vars '{as_of: \"2026-11-20 06:00:00\"}', a UTC instant") }}
    {%- endif -%}
    timestamp '{{ instant or "1970-01-01 00:00:00" }}'
{%- endmacro %}

{#- The calendar day of a UTC instant in a time zone; both arguments are SQL expressions. -#}
{% macro local_date(instant, time_zone) -%}
    cast(timezone({{ time_zone }}, timezone('UTC', {{ instant }})) as date)
{%- endmacro %}

{#- The UTC instant at which a local calendar day begins; both arguments are SQL expressions. -#}
{% macro local_midnight(day, time_zone) -%}
    timezone('UTC', timezone({{ time_zone }}, cast({{ day }} as timestamp)))
{%- endmacro %}

{#- Whole minutes from a known instant to as_of; null when there is no instant. -#}
{% macro age_minutes(instant) -%}
    cast(floor((epoch({{ as_of() }}) - epoch({{ instant }})) / 60) as bigint)
{%- endmacro %}

{#- An interval of so many hours; fractions of an hour count. -#}
{% macro hours(quantity) -%}
    to_microseconds(cast(round(cast({{ quantity }} as double) * 3600000000) as bigint))
{%- endmacro %}
