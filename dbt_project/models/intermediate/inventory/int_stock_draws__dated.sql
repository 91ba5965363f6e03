{{ config(materialized='view') }}

with

lines as (

    select
        channel_account,
        fulfilled_by,
        sku_id,
        ordered_at,
        ordered_qty - customer_cancelled_qty - merchant_cancelled_qty - unknown_cancelled_qty as kept_qty
    from {{ ref('int_order_lines__fulfilled') }}
    where not is_test and requires_shipping

),

kits as (

    select * from {{ ref('int_kits__exploded') }}

),

-- a kit's order may take a ready-made one or its parts, so it is counted under both
sold as (

    select
        channel_account,
        fulfilled_by,
        sku_id,
        ordered_at as drawn_at,
        kept_qty as drawn_qty
    from lines
    union all
    select
        lines.channel_account,
        lines.fulfilled_by,
        kits.component_sku_id as sku_id,
        lines.ordered_at as drawn_at,
        lines.kept_qty * kits.component_qty as drawn_qty
    from lines
    inner join kits
        on lines.sku_id = kits.kit_sku_id

),

-- what a movement takes off the shelf, or makes unsellable there; scrapping damaged goods is both and takes nothing
lost as (

    select
        location_id,
        sku_id,
        occurred_at as drawn_at,
        -sum(case state when 'on_hand' then moved_qty when 'in_transit' then 0 else -moved_qty end) as drawn_qty
    from {{ ref('int_stock_movements__unioned') }}
    group by all

),

final as (

    select
        channel_account as taker,
        fulfilled_by as taken_as,
        sku_id,
        drawn_at,
        cast(sum(drawn_qty) as bigint) as drawn_qty
    from sold
    where drawn_qty > 0 and drawn_at <= {{ as_of() }}
    group by all
    union all
    select
        location_id as taker,
        'location' as taken_as,
        sku_id,
        drawn_at,
        cast(drawn_qty as bigint) as drawn_qty
    from lost
    where drawn_qty > 0 and drawn_at <= {{ as_of() }}

)

select * from final
