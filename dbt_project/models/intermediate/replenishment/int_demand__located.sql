{{ config(materialized='view') }}

with order_lines as (
    select * from {{ ref('int_order_lines__fulfilled') }}
),

nodes as (
    select * from {{ ref('int_nodes__preferred') }}
),

kits as (
    select * from {{ ref('int_kits__exploded') }}
),

demanded as (
    select
        order_lines.sku_id,
        nodes.purchasing_location_id as location_id,
        order_lines.order_date,
        order_lines.demanded_qty
    from order_lines
    inner join nodes
        on
            order_lines.channel_account = nodes.channel_account
            and order_lines.fulfilled_by = nodes.fulfilled_by
    where
        order_lines.is_in_scope
        and order_lines.demanded_qty > 0
),

exploded as (
    select
        coalesce(kits.component_sku_id, demanded.sku_id) as sku_id,
        demanded.location_id,
        demanded.order_date,
        demanded.demanded_qty * coalesce(kits.component_qty, 1) as demand_qty
    from demanded
    left join kits on demanded.sku_id = kits.kit_sku_id
),

final as (
    select
        sku_id,
        location_id,
        order_date,
        cast(sum(demand_qty) as bigint) as demand_qty
    from exploded
    group by sku_id, location_id, order_date
)

select * from final
