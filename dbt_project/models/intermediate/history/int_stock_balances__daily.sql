with

balances as (

    select * from {{ ref('int_stock_balances__running') }}

),

locations as (

    select * from {{ ref('int_locations__calendared') }}

),

products as (

    select * from {{ ref('int_products__known') }}

),

dated as (

    select
        balances.*,
        coalesce(products.is_stock_tracked, true) as is_stock_tracked,
        locations.first_on,
        locations.last_on,
        {{ local_date('balances.balanced_at', 'locations.time_zone') }} as stock_on,
        {{ local_date('balances.stated_at', 'locations.time_zone') }} as stated_on
    from balances
    inner join locations
        on balances.location_id = locations.location_id
    left join products
        on balances.sku_id = products.sku_id

),

-- the last balance of a day stands until the next day on which anything changes
closing as (

    select *
    from dated
    qualify row_number() over (partition by location_id, sku_id, stock_on order by balanced_at desc) = 1

),

spans as (

    select
        *,
        lead(stock_on) over (partition by location_id, sku_id order by stock_on) as next_stock_on
    from closing

),

final as (

    select
        * exclude (balanced_at, next_balanced_at, next_stock_on, first_on, last_on),
        greatest(stock_on, first_on) as valid_from_on,
        coalesce(next_stock_on - 1, last_on) as valid_to_on
    from spans
    -- what ended before the history begins is not part of it
    where coalesce(next_stock_on - 1, last_on) >= first_on

)

select * from final
