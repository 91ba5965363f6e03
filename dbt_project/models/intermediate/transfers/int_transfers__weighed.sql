with

stock as (

    select * from {{ ref('int_stock__available_to_sell') }} where status in ('ok', 'stale') and is_stock_tracked

),

policies as (

    {{ resolved_policy('stock', ref('stg_policy__transfer'), [['location_id', 'location_id'], ['sku_id', 'sku']]) }}

),

velocities as (

    select * from {{ ref('int_stock_velocity__classified') }}

),

travelling as (

    select
        location_id,
        sku_id,
        sum(delta_qty) as in_transit_qty
    from {{ ref('int_stock_events__historic') }}
    where state = 'in_transit'
    group by all

),

terms as (

    select
        stock.location_id,
        stock.sku_id,
        stock.status,
        stock.basis,
        locations.is_channel_location,
        stock.free_qty,
        cast(greatest(0, coalesce(travelling.in_transit_qty, 0)) as bigint) as in_transit_qty,
        stock.free_qty + greatest(0, coalesce(travelling.in_transit_qty, 0)) as position_qty,
        coalesce(velocities.moved_per_day_qty, 0) as moved_per_day_qty,
        policies.may_receive,
        policies.may_give,
        policies.min_transfer_qty,
        policies.reorder_cover_days,
        policies.target_cover_days,
        -- who gives stays above its own threshold, whatever its policy says
        greatest(policies.keep_cover_days, policies.reorder_cover_days) as keep_cover_days,
        policies.keep_qty
    from stock
    inner join {{ ref('int_locations__known') }} as locations
        on stock.location_id = locations.location_id
    inner join policies
        on
            stock.location_id = policies.asked_location_id
            and stock.sku_id = policies.asked_sku_id
    left join velocities
        on
            stock.location_id = velocities.location_id
            and stock.sku_id = velocities.sku_id
    left join travelling
        on
            stock.location_id = travelling.location_id
            and stock.sku_id = travelling.sku_id
    where locations.is_active

),

final as (

    select
        *,
        position_qty / nullif(moved_per_day_qty, 0) as cover_days,
        case
            -- who owes units asks for them even where nothing has left for weeks
            when may_receive and position_qty < round(reorder_cover_days * moved_per_day_qty, 9)
                then cast(greatest(
                    0, ceil(round(target_cover_days * moved_per_day_qty - position_qty, 9))
                ) as bigint)
            else 0
        end as wanted_qty,
        case
            -- an old number is good enough to ask by, not to give by
            when may_give and status = 'ok' and basis = 'on_hand' and not is_channel_location
                then cast(greatest(0, floor(round(
                    free_qty - greatest(keep_qty, keep_cover_days * moved_per_day_qty), 9
                ))) as bigint)
            else 0
        end as spare_qty
    from terms

)

select * from final
