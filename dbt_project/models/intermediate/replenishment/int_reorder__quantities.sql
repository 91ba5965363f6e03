{#- Beyond ten years a date of the next order says nothing. -#}
{%- set furthest_days = 3650 -%}

with parameters as (
    select * from {{ ref('int_reorder__parameters') }}
),

positions as (
    select * from {{ ref('int_reorder__positions') }}
),

suppliers as (
    select * from {{ ref('int_suppliers__preferred') }}
),

terms as (
    select * from {{ ref('stg_house__supplier_terms') }}
),

settings as (
    select as_of_on from {{ ref('stg_company__settings') }}
),

needed as (
    select
        parameters.*,
        positions.on_hand_qty,
        positions.reserved_qty,
        positions.committed_qty,
        positions.backordered_qty,
        positions.on_order_qty,
        positions.in_transit_qty,
        positions.position_qty,
        case
            when
                positions.position_qty <= parameters.reorder_point_qty
                and parameters.order_up_to_qty > positions.position_qty
                then parameters.order_up_to_qty - positions.position_qty
            else 0
        end as need_qty,
        suppliers.supplier_name,
        suppliers.supplier_sku,
        coalesce(suppliers.moq_qty, 0) as moq_qty,
        coalesce(suppliers.order_multiple_qty, 1) as order_multiple_qty
    from parameters
    inner join positions
        on
            parameters.sku_id = positions.sku_id
            and parameters.location_id = positions.location_id
    left join suppliers on parameters.sku_id = suppliers.sku_id
),

rounded as (
    select
        *,
        case
            when need_qty = 0 then 0
            else
                (greatest(need_qty, moq_qty) + order_multiple_qty - 1)
                // order_multiple_qty * order_multiple_qty
        end as order_qty
    from needed
),

-- the largest break that the quantity reaches, else the smallest one there is
priced as (
    select
        rounded.sku_id,
        rounded.location_id,
        terms.unit_cost_amount,
        terms.currency
    from rounded
    inner join terms
        on
            rounded.sku_id = terms.sku_id
            and rounded.supplier_id = terms.supplier_id
    qualify row_number() over (
        partition by rounded.sku_id, rounded.location_id
        order by
            terms.price_break_qty <= rounded.order_qty desc,
            abs(rounded.order_qty - terms.price_break_qty) asc
    ) = 1
),

final as (
    select
        rounded.*,
        priced.unit_cost_amount,
        priced.currency,
        cast(rounded.order_qty * priced.unit_cost_amount as decimal(18, 4)) as line_amount,
        case
            when rounded.need_qty > 0 then settings.as_of_on
            when rounded.forecast_per_day_qty > 0
                then settings.as_of_on + cast(least(
                    {{ furthest_days }},
                    floor(round(
                        greatest(0, rounded.position_qty - rounded.reorder_point_qty) / rounded.forecast_per_day_qty, 6
                    ))
                ) as integer)
        end as order_by_date,
        case
            when rounded.forecast_per_day_qty > 0
                then greatest(0, rounded.position_qty) / rounded.forecast_per_day_qty
        end as cover_days
    from rounded
    cross join settings
    left join priced
        on
            rounded.sku_id = priced.sku_id
            and rounded.location_id = priced.location_id
)

select * from final
