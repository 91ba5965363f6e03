{{ config(materialized='view') }}

with milestones as (
    select
        *,
        case milestone
            when 'arrived' then 1
            when 'customs_cleared' then 2
            when 'appointment' then 3
            when 'received' then 4
        end as arrival_stage
    from {{ ref('stg_house__inbound_milestones') }}
),

settings as (
    select time_zone from {{ ref('stg_company__settings') }}
),

-- the newest statement about an arrival stage is the estimate; of two of one instant the later stage is
estimates as (
    select
        inbound_id,
        po_id,
        po_line,
        coalesce(actual_at, planned_at) as expected_at
    from milestones
    where arrival_stage is not null and coalesce(actual_at, planned_at) is not null
    qualify row_number() over (
        partition by inbound_id, po_id, po_line order by stated_at desc, arrival_stage desc
    ) = 1
),

consigned as (
    select
        inbound_id,
        po_id,
        po_line,
        max_by(sku_id, stated_at) as sku_id,
        max_by(asn_id, stated_at) as asn_id,
        max_by(expected_qty, stated_at) as expected_qty,
        max_by(carrier, stated_at) as carrier,
        max_by(milestone, actual_at) as last_milestone,
        coalesce(bool_or(milestone = 'received' and actual_at is not null), false) as is_received
    from milestones
    group by inbound_id, po_id, po_line
),

inbound as (
    select
        consigned.*,
        {{ local_date('estimates.expected_at', 'settings.time_zone') }} as expected_on,
        'milestone' as expected_source
    from consigned
    cross join settings
    left join estimates
        on
            consigned.inbound_id = estimates.inbound_id
            and consigned.po_id = estimates.po_id
            and consigned.po_line is not distinct from estimates.po_line
),

received_notices as (
    select distinct
        shipment_id,
        po_id
    from {{ ref('stg_x12__stock_receipts') }}
    where shipment_id is not null and reporting_code is distinct from '01'
),

notices as (
    select
        notices.shipment_id as inbound_id,
        notices.po_id,
        notices.po_line,
        coalesce(listings.sku_id, notices.channel_sku) as sku_id,
        max(notices.carrier) as carrier,
        cast(sum(notices.shipped_qty * coalesce(listings.units_per_listing, 1)) as bigint) as expected_qty,
        max(notices.expected_on) as expected_on,
        'departed' as last_milestone,
        bool_or(received_notices.shipment_id is not null) as is_received,
        'ship_notice' as expected_source
    from {{ ref('stg_x12__ship_notices') }} as notices
    left join received_notices
        on
            notices.shipment_id = received_notices.shipment_id
            and notices.po_id = coalesce(received_notices.po_id, notices.po_id)
    left join {{ ref('int_listings__matched') }} as listings
        on
            notices.account = listings.channel_account
            and notices.channel_sku = listings.channel_sku
            and listings.is_order_match
    -- milestones that follow the notice say it better
    anti join inbound
        on
            notices.po_id = inbound.po_id
            and notices.shipment_id in (inbound.asn_id, inbound.inbound_id)
    where notices.purpose_code is distinct from '01' and notices.po_id is not null
    group by notices.shipment_id, notices.po_id, notices.po_line, coalesce(listings.sku_id, notices.channel_sku)
),

final as (
    select * exclude (asn_id) from inbound
    union all by name
    select * from notices
)

select * from final
