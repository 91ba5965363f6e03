with

changes as (

    select * from {{ ref('int_order_line_claims__changed') }}

),

lines as (

    select * from {{ ref('int_order_lines__fulfilled') }}

),

allocating_accounts as (

    select distinct channel_account
    from {{ ref('stg_house__allocations') }}
    where allocated_at <= {{ as_of() }}

),

destinations as (

    select * from {{ ref('int_destinations__zoned') }}

),

-- without allocations a line is on the one location its account would ship from to its zone, if there is only one
only_choices as (

    select choices.*
    from {{ ref('int_channels__first_choices') }} as choices
    anti join allocating_accounts
        on choices.channel_account = allocating_accounts.channel_account
    where choices.fulfilled_by = 'merchant'

),

placed as (

    select
        changes.channel_account,
        changes.order_id,
        changes.channel_sku,
        lines.sku_id,
        lines.ordered_at,
        coalesce(changes.location_id, only_choices.location_id) as location_id,
        changes.changed_at,
        changes.delta_qty
    from changes
    inner join lines
        on
            changes.channel_account = lines.channel_account
            and changes.order_id = lines.order_id
            and changes.channel_sku = lines.channel_sku
    left join destinations
        on
            coalesce(lines.ship_country, '') = destinations.ship_country
            and coalesce(lines.ship_postcode_prefix, '') = destinations.ship_postcode_prefix
    left join only_choices
        on
            changes.channel_account = only_choices.channel_account
            and destinations.zone = only_choices.zone

),

locations as (

    select * from {{ ref('int_locations__known') }}

),

settings as (

    select * from {{ ref('stg_company__settings') }}

),

placed_kits as (

    select * from {{ ref('int_kits__placed') }}

),

exploded_kits as (

    select * from {{ ref('int_kits__exploded') }}

),

final as (

    select
        placed.channel_account,
        placed.order_id,
        placed.channel_sku,
        placed.location_id,
        coalesce(placed_kits.base_sku_id, exploded_kits.component_sku_id, placed.sku_id) as sku_id,
        placed.ordered_at,
        placed.changed_at,
        {{ local_date('placed.changed_at', 'coalesce(locations.time_zone, settings.time_zone)') }} as changed_on,
        cast(
            placed.delta_qty * coalesce(placed_kits.base_qty, exploded_kits.component_qty, 1) as bigint
        ) as delta_qty
    from placed
    cross join settings
    left join locations
        on placed.location_id = locations.location_id
    left join placed_kits
        on
            placed.location_id = placed_kits.location_id
            and placed.sku_id = placed_kits.kit_sku_id
    left join exploded_kits
        on
            placed.location_id is null
            and placed.sku_id = exploded_kits.kit_sku_id

)

select * from final
