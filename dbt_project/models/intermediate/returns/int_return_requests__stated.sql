{{ config(materialized='view') }}

with

loop as (

    select
        *,
        'loop' as return_source,
        -- the label says where the parcel is; nothing else says that the goods came back
        case when label_status = 'delivered' then label_updated_at end as received_at
    from {{ ref('stg_loop__return_lines') }}
    where return_state not in ('cancelled', 'canceled', 'expired', 'rejected')

),

-- an approved return has not arrived
aftership as (

    select
        *,
        'aftership' as return_source
    from {{ ref('stg_aftership__return_items') }}
    where
        coalesce(approval_status not in ('rejected', 'expired', 'cancelled', 'canceled'), true)
        and coalesce(legacy_status not in ('rejected', 'expired', 'cancelled', 'canceled'), true)

),

unioned as (

    select * from loop
    union all by name
    select * from aftership

),

final as (

    select
        account,
        return_source,
        return_id,
        return_line,
        order_key,
        other_order_key,
        ordered_sku,
        returned_listing_qty,
        reason,
        requested_at,
        received_at,
        refund_amount,
        currency,
        source_file,
        source_row
    from unioned
    where returned_listing_qty > 0

)

select * from final
