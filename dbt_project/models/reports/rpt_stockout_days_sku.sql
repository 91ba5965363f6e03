with

days as (

    select * from {{ ref('fct_ats_daily') }} where ats_qty is not null

),

channel_days as (

    select * from {{ ref('fct_channel_ats_daily') }}

),

products as (

    select * from {{ ref('dim_product') }}

),

shelves as (

    select
        sku_id,
        'location' as out_of,
        location_id as place_id,
        count(*) as stocked_days_count,
        count(*) filter (where ats_qty = 0) as out_days_count,
        sum(known_hours) as known_hours,
        sum(out_hours) as out_hours,
        max(stock_on) filter (where ats_qty = 0) as last_out_on
    from days
    group by all

),

channels as (

    select
        sku_id,
        'channel' as out_of,
        channel_account as place_id,
        count(distinct stock_on) as stocked_days_count,
        count(distinct stock_on) filter (where is_out) as out_days_count,
        cast(null as double) as known_hours,
        cast(null as double) as out_hours,
        max(stock_on) filter (where is_out) as last_out_on
    from (
        select
            sku_id,
            channel_account,
            stock_on,
            sum(pool_qty) = 0 as is_out
        from channel_days
        group by all
    ) as sold_from
    group by all

),

places as (

    select * from shelves
    union all
    select * from channels

),

final as (

    select
        places.sku_id,
        places.out_of,
        places.place_id,
        products.title,
        products.lifecycle,
        places.stocked_days_count,
        places.out_days_count,
        {{ safe_divide('places.out_days_count', 'places.stocked_days_count') }} as out_days_rate,
        places.known_hours,
        places.out_hours,
        places.last_out_on
    from places
    left join products
        on places.sku_id = products.sku_id

)

select * from final
