{{ config(materialized='view') }}

with

best_nodes as (

    select *
    from {{ ref('int_channels__nodes') }}
    qualify priority = min(priority) over (partition by channel_account, fulfilled_by)

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

    select
        best_nodes.channel_account,
        best_nodes.fulfilled_by,
        min(best_nodes.location_id) as location_id
    from best_nodes
    left join net_locations
        on
            best_nodes.location_id = net_locations.location_id
            and best_nodes.channel_account = net_locations.stock_account
    group by all
    having count(*) = 1 and count(net_locations.location_id) = 1

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
    inner join net_nodes
        on
            lines.channel_account = net_nodes.channel_account
            and lines.fulfilled_by = net_nodes.fulfilled_by
    where not lines.is_test and lines.requires_shipping

)

select * from final
