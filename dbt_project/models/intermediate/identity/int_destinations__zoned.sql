with

destinations as (

    select distinct
        coalesce(ship_country, '') as ship_country,
        coalesce(ship_postcode_prefix, '') as ship_postcode_prefix
    from {{ ref('int_order_lines__fulfilled') }}

),

final as (

    select
        destinations.ship_country,
        destinations.ship_postcode_prefix,
        zones.zone
    from destinations
    inner join {{ ref('stg_policy__zone') }} as zones
        on
            zones.country in (upper(trim(destinations.ship_country)), '*')
            and (
                zones.postcode_prefix = '*'
                or starts_with(upper(replace(destinations.ship_postcode_prefix, ' ', '')), zones.postcode_prefix)
            )
    -- the country's own row before the one for all, then the longest beginning of the postcode
    qualify row_number() over (
        partition by destinations.ship_country, destinations.ship_postcode_prefix
        order by
            zones.country != '*' desc,
            zones.postcode_prefix != '*' desc,
            length(zones.postcode_prefix) desc
    ) = 1

)

select * from final
