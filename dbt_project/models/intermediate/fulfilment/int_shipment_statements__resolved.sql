{{ config(**by_order()) }}

{%- set named = ['named_order_key', 'named_other_order_key'] %}

with

account_locations as (

    select * from {{ ref('stg_company__account_locations') }}

),

sources as (

    select
        unnest(['x12', 'x12_notice', 'shipbob', 'shipstation', 'channel']) as shipment_source,
        unnest([2, 3, 4, 5, 6]) as source_rank

),

warehouse as (

    select
        stated.* exclude (order_key, other_order_key, seller_account), -- noqa: RF02
        stated.account as stated_by_account,
        matched.channel_account,
        coalesce(matched.order_id, stated.order_key) as order_id,
        coalesce(matched.order_key, stated.order_key) as order_key,
        coalesce(matched.channel_sku, stated.ordered_sku) as channel_sku,
        case
            when stated.is_in_stock_units or not matched.is_channel_sku
                then stated.stated_qty // matched.units_per_listing
        end as unpacked_listing_qty
    from {{ touched(ref('int_warehouse_shipments__stated')) }} as stated
    left join {{ touched(ref('int_order_references__matched'), named) }} as matched
        on
            stated.account = matched.account
            and stated.order_key is not distinct from matched.named_order_key
            and stated.other_order_key is not distinct from matched.named_other_order_key
            and stated.ordered_sku is not distinct from matched.ordered_sku

),

unioned as (

    select
        *,
        coalesce(unpacked_listing_qty, stated_qty) as shipped_listing_qty
    from warehouse
    union all by name
    select
        *,
        'channel' as shipment_source,
        channel_account as account,
        channel_account as stated_by_account
    from {{ touched(ref('int_channel_shipments__stated')) }}

),

final as (

    select
        unioned.stated_by_account,
        unioned.shipment_source,
        unioned.shipment_id,
        unioned.shipment_line,
        unioned.channel_account,
        unioned.order_id,
        unioned.order_key,
        unioned.channel_sku,
        {{ location_of('unioned.account', 'unioned.source_location_name', 'account_locations.location_id') }}
            as location_id,
        unioned.shipped_at,
        unioned.shipped_listing_qty,
        unioned.delivered_at,
        unioned.delivery_status,
        unioned.carrier,
        unioned.tracking_number,
        unioned.documents_ok,
        unioned.source_file,
        unioned.source_row,
        -- one order line is told by one feed: the one nearest to the shelf
        sources.source_rank = min(sources.source_rank) over (
            partition by
                unioned.channel_account, unioned.channel_sku,
                coalesce(unioned.order_key, unioned.shipment_source || unioned.shipment_id)
        ) as is_nearest
    from unioned
    inner join sources
        on unioned.shipment_source = sources.shipment_source
    left join account_locations
        on
            unioned.account = account_locations.account
            and unioned.source_location_name = account_locations.source_location_name
    where unioned.shipped_listing_qty > 0

)

select * from final
