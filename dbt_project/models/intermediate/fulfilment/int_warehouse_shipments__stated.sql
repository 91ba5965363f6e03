{{ config(materialized='view') }}

with

accounts as (

    select
        account,
        is_sales_channel,
        coalesce(time_zone, 'UTC') as time_zone
    from {{ ref('stg_company__accounts') }}

),

advices as (

    select
        *,
        'x12' as shipment_source,
        1 as message_rank
    from {{ ref('stg_x12__warehouse_shipments') }}

),

-- a notice on a channel's own account is the one we send to the buyer; any other is a supplier's to us
notices as (

    select
        notices.* replace (notices.notice_id as shipment_id, notices.ship_from_name as source_location_name),
        {{ order_key('notices.po_id') }} as order_key,
        notices.channel_sku as ordered_sku,
        'x12_notice' as shipment_source,
        notices.account as seller_account
    from {{ ref('stg_x12__ship_notices') }} as notices
    semi join accounts
        on
            notices.account = accounts.account
            and accounts.is_sales_channel
    where coalesce(notices.purpose_code, '00') != '01'

),

messages as (

    select
        unioned.* replace (
            coalesce(unioned.shipped_at, {{ local_midnight('unioned.shipped_on', 'accounts.time_zone') }}) as shipped_at
        ),
        cast(unioned.transaction_line as varchar) as shipment_line,
        unioned.shipped_qty as stated_qty,
        true as is_in_stock_units,
        case when unioned.bill_of_lading_id is not null then true end as documents_ok
    from (
        select * from advices
        union all by name
        select * from notices
    ) as unioned
    inner join accounts
        on unioned.account = accounts.account

),

shipbob_lines as (

    select * from {{ ref('stg_shipbob__order_lines') }}

),

picked as (

    select
        * exclude (lot, picked_qty, stated_at, source_row),
        min(source_row) as source_row,
        sum(picked_qty) as picked_qty
    from {{ ref('stg_shipbob__shipment_items') }}
    where shipment_status = 'completed'
    group by all

),

-- a bundle is picked item by item: there are as many as of its scarcest item, and never more than were ordered
shipbob as (

    select
        picked.* exclude (inventory_id, picked_qty, source_row), -- noqa: RF02
        min(picked.source_row) as source_row,
        'shipbob' as shipment_source,
        coalesce(picked.product_id, picked.ordered_sku) as shipment_line,
        least(min(picked.picked_qty), any_value(lines.ordered_listing_qty)) as stated_qty
    from picked
    left join shipbob_lines as lines
        on
            picked.account = lines.account
            and picked.warehouse_order_id = lines.warehouse_order_id
            and picked.product_id = lines.product_id
    group by all

),

-- a label taken back, or one for a parcel to us, is no shipment; a discount is no goods
shipstation as (

    select
        *,
        'shipstation' as shipment_source,
        shipped_listing_qty as stated_qty
    from {{ ref('stg_shipstation__shipment_items') }}
    where not is_voided and not is_return_label and not is_adjustment

),

unioned as (

    select * from messages
    union all by name
    select * from shipbob
    union all by name
    select * from shipstation

),

final as (

    select
        account,
        seller_account,
        shipment_source,
        shipment_id,
        shipment_line,
        order_key,
        other_order_key,
        ordered_sku,
        stated_qty,
        coalesce(is_in_stock_units, false) as is_in_stock_units,
        shipped_at,
        delivered_at,
        carrier,
        tracking_number,
        documents_ok,
        source_location_name,
        source_file,
        source_row
    from unioned
    where shipped_at <= {{ as_of() }} and stated_qty > 0

)

select * from final
