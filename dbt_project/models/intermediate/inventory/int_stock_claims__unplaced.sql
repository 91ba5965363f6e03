with

lines as (

    select * from {{ ref('int_order_lines__placed') }} where location_id is null

),

kits as (

    select * from {{ ref('int_kits__exploded') }}

),

nodes as (

    select * from {{ ref('int_channels__nodes') }}

),

-- numbers net of the account's own orders, at the places from which these very lines would ship
net_snapshots as (

    select
        nodes.channel_account,
        nodes.fulfilled_by,
        snapshots.sku_id,
        max(snapshots.snapshot_at) as snapshot_at
    from {{ ref('int_stock_snapshots__stated') }} as snapshots
    inner join nodes
        on
            snapshots.location_id = nodes.location_id
            and snapshots.stock_account = nodes.channel_account
    where snapshots.basis = 'available_net'
    group by all

),

unpacked as (

    select
        lines.channel_account,
        lines.fulfilled_by,
        lines.ordered_at,
        coalesce(kits.component_sku_id, lines.sku_id) as sku_id,
        lines.open_qty * coalesce(kits.component_qty, 1) as open_qty,
        lines.accepted_qty * coalesce(kits.component_qty, 1) as accepted_qty
    from lines
    left join kits
        on lines.sku_id = kits.kit_sku_id

),

claims as (

    select
        unpacked.channel_account,
        unpacked.fulfilled_by,
        unpacked.sku_id,
        case
            when net_snapshots.snapshot_at is null then unpacked.open_qty
            when unpacked.ordered_at > net_snapshots.snapshot_at then unpacked.accepted_qty
            else 0
        end as unplaced_qty
    from unpacked
    left join net_snapshots
        on
            unpacked.channel_account = net_snapshots.channel_account
            and unpacked.fulfilled_by = net_snapshots.fulfilled_by
            and unpacked.sku_id = net_snapshots.sku_id

),

final as (

    select
        channel_account,
        fulfilled_by,
        sku_id,
        cast(sum(unplaced_qty) as bigint) as unplaced_qty
    from claims
    where unplaced_qty > 0
    group by all

)

select * from final
