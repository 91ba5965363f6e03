with

weighed as (

    select * from {{ ref('int_transfers__weighed') }}

),

-- the emptiest asks first
receivers as (

    select
        *,
        sum(wanted_qty) over in_turn as wanted_until_qty
    from weighed
    where wanted_qty > 0
    window in_turn as (
        partition by sku_id
        order by cover_days, location_id
        rows between unbounded preceding and current row
    )

),

-- the fullest gives first
givers as (

    select
        *,
        sum(spare_qty) over in_turn as spare_until_qty
    from weighed
    where spare_qty > 0
    window in_turn as (
        partition by sku_id
        order by spare_qty desc, location_id asc
        rows between unbounded preceding and current row
    )

),

-- laid end to end, what is wanted and what can be spared overlap by what moves: no unit is given twice
final as (

    select
        receivers.sku_id,
        givers.location_id as from_location_id,
        receivers.location_id as to_location_id,
        cast(
            least(receivers.wanted_until_qty, givers.spare_until_qty)
            - greatest(
                receivers.wanted_until_qty - receivers.wanted_qty, givers.spare_until_qty - givers.spare_qty
            ) as bigint
        ) as transfer_qty,
        receivers.wanted_qty,
        givers.spare_qty,
        receivers.free_qty as to_free_qty,
        receivers.in_transit_qty,
        receivers.cover_days as to_cover_days,
        receivers.reorder_cover_days,
        receivers.target_cover_days,
        receivers.moved_per_day_qty as to_moved_per_day_qty,
        givers.free_qty as from_free_qty,
        givers.moved_per_day_qty as from_moved_per_day_qty,
        givers.keep_cover_days
    from receivers
    inner join givers
        on
            receivers.sku_id = givers.sku_id
            and receivers.wanted_until_qty - receivers.wanted_qty < givers.spare_until_qty
            and givers.spare_until_qty - givers.spare_qty < receivers.wanted_until_qty
    where
        least(receivers.wanted_until_qty, givers.spare_until_qty)
        - greatest(receivers.wanted_until_qty - receivers.wanted_qty, givers.spare_until_qty - givers.spare_qty)
        >= receivers.min_transfer_qty

)

select * from final
