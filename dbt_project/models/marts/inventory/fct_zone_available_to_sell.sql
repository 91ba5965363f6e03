with

final as (

    select
        channel_account,
        listing_id,
        zone,
        channel_sku,
        sku_id,
        units_per_listing,
        fulfilled_by,
        {{ as_of() }} as as_of_at,
        cast(locations_count as bigint) as locations_count,
        cast(pool_qty as bigint) as pool_qty,
        cast(channel_ats_qty as bigint) as channel_ats_qty,
        cast(ats_qty as bigint) as ats_qty,
        cast(ats_qty // units_per_listing as bigint) as listing_qty,
        status
    from {{ ref('int_zone_stock__available_to_sell') }}

)

select * from final
