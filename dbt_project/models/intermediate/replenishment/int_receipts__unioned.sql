with

house as (

    select
        'house' as receipt_source,
        account,
        receipt_id,
        receipt_line,
        receipt_id as stated_receipt_id,
        po_id,
        po_line,
        sku_id,
        location_id,
        received_qty,
        damaged_qty,
        received_at
    from {{ ref('stg_house__receipts') }}

),

warehouses as (

    select
        'x12' as receipt_source,
        receipts.account,
        receipts.receipt_id,
        receipts.receipt_line,
        receipts.stated_receipt_id,
        receipts.po_id,
        receipts.po_line,
        coalesce(listings.sku_id, receipts.channel_sku) as sku_id,
        coalesce(mapped.location_id, receipts.account || ':' || receipts.source_location_name) as location_id,
        receipts.received_qty * coalesce(listings.units_per_listing, 1) as received_qty,
        receipts.damaged_qty * coalesce(listings.units_per_listing, 1) as damaged_qty,
        receipts.received_at
    from {{ ref('stg_x12__stock_receipts') }} as receipts
    left join {{ ref('stg_company__account_locations') }} as mapped
        on
            receipts.account = mapped.account
            and receipts.source_location_name = mapped.source_location_name
    left join {{ ref('int_listings__matched') }} as listings
        on
            receipts.account = listings.channel_account
            and receipts.channel_sku = listings.channel_sku
            and listings.is_order_match
    -- a receipt that our own books state under its number is stated there
    anti join house
        on
            receipts.stated_receipt_id = house.stated_receipt_id
            and coalesce(receipts.po_id, house.po_id, '') = coalesce(house.po_id, receipts.po_id, '')
    where
        receipts.reporting_code is distinct from '01'
        and receipts.received_at <= {{ as_of() }}

),

receipts as (

    select * from house
    union all
    select * from warehouses

),

order_lines as (

    select
        po_id,
        sku_id,
        min(po_line) as po_line
    from {{ ref('int_purchase_orders__unioned') }}
    group by po_id, sku_id
    having count(*) = 1

),

final as (

    select
        receipts.receipt_source,
        receipts.account,
        receipts.receipt_id,
        receipts.receipt_line,
        receipts.po_id,
        -- a receipt without a line is of the order's only line of that SKU
        coalesce(receipts.po_line, order_lines.po_line) as po_line,
        receipts.sku_id,
        receipts.location_id,
        cast(receipts.received_qty as bigint) as received_qty,
        cast(receipts.damaged_qty as bigint) as damaged_qty,
        receipts.received_at
    from receipts
    left join order_lines
        on
            receipts.po_id = order_lines.po_id
            and receipts.sku_id = order_lines.sku_id

)

select * from final
