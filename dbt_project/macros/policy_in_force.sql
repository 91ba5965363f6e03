{#- The rows of a policy table in force on the company's local day of as_of: from the first day on, until the day before the last. -#}
{% macro policy_in_force(policy) -%}
with source as (
    select * from {{ source('policy', policy) }}
),

settings as (
    select coalesce(max(time_zone), 'UTC') as time_zone from {{ source('company', 'settings') }}
),

final as (
    select source.*
    from source
    cross join settings
    where
        source.effective_from_on <= {{ local_date(as_of(), 'settings.time_zone') }}
        and (
            source.effective_to_on is null
            or source.effective_to_on > {{ local_date(as_of(), 'settings.time_zone') }}
        )
)

select * from final
{%- endmacro %}
