with

matched as (

    select * from {{ ref('int_transfers__matched') }}

),

products as (

    select * from {{ ref('int_products__known') }}

),

final as (

    select
        matched.sku_id,
        matched.from_location_id,
        matched.to_location_id,
        matched.transfer_qty,
        matched.wanted_qty,
        matched.spare_qty,
        matched.to_free_qty,
        matched.in_transit_qty,
        cast(matched.to_cover_days as double) as to_cover_days,
        cast(matched.to_moved_per_day_qty as double) as to_moved_per_day_qty,
        matched.from_free_qty,
        cast(matched.from_moved_per_day_qty as double) as from_moved_per_day_qty,
        matched.from_free_qty - matched.transfer_qty as from_left_qty,
        cast(matched.transfer_qty * products.unit_cost_amount as decimal(18, 4)) as transfer_cost_amount,
        products.currency,
        matched.to_location_id || ' covers '
        || case when matched.to_cover_days > 0 then round(matched.to_cover_days, 1) || ' days' else 'no day' end || ' ('
        || matched.to_free_qty || ' free, ' || matched.in_transit_qty || ' on the way, '
        || round(matched.to_moved_per_day_qty, 2) || ' a day), below its ' || matched.reorder_cover_days
        || '; it wants ' || matched.wanted_qty || ' for ' || matched.target_cover_days || ' days. '
        || matched.from_location_id || ' has ' || matched.spare_qty || ' beyond its own '
        || matched.keep_cover_days || ' days (' || matched.from_free_qty || ' free, '
        || round(matched.from_moved_per_day_qty, 2) || ' a day).' as transfer_reason
    from matched
    left join products
        on matched.sku_id = products.sku_id

)

select * from final
