{{ config(materialized='view') }}

with

house as (

    select
        'house' as po_source,
        *
    from {{ ref('stg_house__purchase_orders') }}

),

messages as (

    select
        'x12' as po_source,
        orders.po_id,
        orders.po_line,
        orders.supplier_id,
        coalesce(listings.sku_id, orders.channel_sku) as sku_id,
        coalesce(mapped.location_id, orders.account || ':' || orders.source_location_name) as location_id,
        orders.ordered_qty * coalesce(listings.units_per_listing, 1) as ordered_qty,
        0 as cancelled_qty,
        orders.unit_cost_amount / coalesce(listings.units_per_listing, 1) as unit_cost_amount,
        orders.currency,
        orders.ordered_at,
        orders.promised_on,
        case when orders.purpose_code = '01' then 'cancelled' else 'open' end as status
    from {{ ref('stg_x12__purchase_orders') }} as orders
    left join {{ ref('stg_company__account_locations') }} as mapped
        on
            orders.account = mapped.account
            and orders.source_location_name = mapped.source_location_name
    left join {{ ref('int_listings__matched') }} as listings
        on
            orders.account = listings.channel_account
            and orders.channel_sku = listings.channel_sku
            and listings.is_order_match
    inner join {{ ref('stg_company__accounts') }} as accounts
        on orders.account = accounts.account
    -- what our own books say of an order stands; an order at a sales account is a customer's
    anti join house
        on orders.po_id = house.po_id
    where
        not accounts.is_sales_channel
        and orders.ordered_at <= {{ as_of() }}

),

final as (

    select * from house
    union all by name
    select * from messages

)

select * from final
