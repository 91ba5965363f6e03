{{ config(materialized='view') }}

with

choices as (

    select * from {{ ref('int_channels__first_choices') }}

),

destinations as (

    select * from {{ ref('int_destinations__zoned') }}

),

net_locations as (

    select distinct
        location_id,
        stock_account
    from {{ ref('int_stock_snapshots__historic') }}
    where basis = 'available_net'

),

-- where an account's number is net of its own orders, and these can only be there; with a choice they have no place
net_nodes as (

    select choices.*
    from choices
    inner join net_locations
        on
            choices.location_id = net_locations.location_id
            and choices.channel_account = net_locations.stock_account

),

final as (

    select
        lines.channel_account,
        lines.order_id,
        lines.order_key,
        lines.channel_sku,
        lines.fulfilled_by,
        lines.sku_id,
        lines.ordered_at,
        net_nodes.location_id,
        lines.ordered_qty
        - lines.customer_cancelled_qty
        - lines.merchant_cancelled_qty
        - lines.unknown_cancelled_qty as accepted_qty
    from {{ ref('int_order_lines__fulfilled') }} as lines
    inner join destinations
        on
            coalesce(lines.ship_country, '') = destinations.ship_country
            and coalesce(lines.ship_postcode_prefix, '') = destinations.ship_postcode_prefix
    inner join net_nodes
        on
            lines.channel_account = net_nodes.channel_account
            and lines.fulfilled_by = net_nodes.fulfilled_by
            and destinations.zone = net_nodes.zone
    where not lines.is_test and lines.requires_shipping

)

select * from final
