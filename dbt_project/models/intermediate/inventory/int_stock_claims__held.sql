with

claims as (

    select * from {{ ref('int_stock_holds__judged') }}

),

positions as (

    select * from {{ ref('int_stock_positions__current') }}

),

totals as (

    select
        location_id,
        sku_id,
        coalesce(sum(claimed_qty) filter (where is_in_force and charged_to = 'reserved'), 0) as held_qty,
        coalesce(sum(claimed_qty) filter (where was_in_force and charged_to = 'reserved'), 0) as held_at_snapshot_qty,
        coalesce(sum(claimed_qty) filter (where is_in_force and charged_to = 'unavailable'), 0) as quality_held_qty,
        coalesce(sum(claimed_qty) filter (where is_in_force and charged_to = 'outbound'), 0) as outbound_qty
    from claims
    where is_in_force or was_in_force
    group by all

),

final as (

    select
        totals.location_id,
        totals.sku_id,
        -- the stock statement's own reserve holds what was held at its instant; only what it holds beyond that is added
        cast(
            totals.held_qty + greatest(0, coalesce(positions.reserved_qty, 0) - totals.held_at_snapshot_qty) as bigint
        ) as reserved_qty,
        -- goods that stand in quality control already are not taken off again
        cast(greatest(0, totals.quality_held_qty - coalesce(positions.quality_control_qty, 0)) as bigint)
            as blocked_qty,
        cast(totals.outbound_qty as bigint) as outbound_qty
    from totals
    left join positions
        on
            totals.location_id = positions.location_id
            and totals.sku_id = positions.sku_id

)

select * from final
