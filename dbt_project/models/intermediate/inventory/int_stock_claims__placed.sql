with

lines as (

    select * from {{ ref('int_order_lines__placed') }} where location_id is not null

),

kits as (

    select * from {{ ref('int_kits__placed') }}

),

snapshots as (

    select * from {{ ref('int_stock_snapshots__stated') }}

),

unpacked as (

    select
        lines.location_id,
        coalesce(kits.base_sku_id, lines.sku_id) as sku_id,
        lines.channel_account,
        lines.order_id,
        lines.ordered_at,
        lines.open_qty * coalesce(kits.base_qty, 1) as open_qty,
        lines.accepted_qty * coalesce(kits.base_qty, 1) as accepted_qty
    from lines
    left join kits
        on
            lines.location_id = kits.location_id
            and lines.sku_id = kits.kit_sku_id

),

claims as (

    select
        unpacked.location_id,
        unpacked.sku_id,
        unpacked.channel_account,
        unpacked.order_id,
        case
            -- net of the channel's own orders at its instant: only later orders are missing from it, shipped or not
            when snapshots.basis = 'available_net' and snapshots.stock_account = unpacked.channel_account
                then case when unpacked.ordered_at > snapshots.snapshot_at then unpacked.accepted_qty else 0 end
            else unpacked.open_qty
        end as claimed_qty
    from unpacked
    left join snapshots
        on
            unpacked.location_id = snapshots.location_id
            and unpacked.sku_id = snapshots.sku_id

),

final as (

    select
        location_id,
        sku_id,
        channel_account,
        order_id,
        cast(sum(claimed_qty) as bigint) as claimed_qty
    from claims
    where claimed_qty > 0
    group by all

)

select * from final
