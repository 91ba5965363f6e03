with quantities as (
    select * from {{ ref('int_reorder__quantities') }}
),

sentences as (
    select
        sku_id,
        location_id,
        case
            when need_qty > 0 and supplier_id is null
                then printf('Short of %d units and no supplier terms name who sells it. ', need_qty)
            when need_qty > 0 then printf('Order %d units from %s. ', order_qty, coalesce(supplier_name, supplier_id))
            else 'No order now. '
        end as verdict,
        case
            when need_qty > 0
                then printf(
                    'The position of %d is at or below the reorder point of %d, so %d are needed to reach %d. ',
                    position_qty, reorder_point_qty, need_qty, order_up_to_qty
                )
            when method = 'to commitments' then 'The position covers what is promised. '
            when position_qty <= reorder_point_qty
                then
                    printf(
                        'The position of %d already reaches the level of %d to order up to. ',
                        position_qty,
                        order_up_to_qty
                    )
            else printf('The position of %d is above the reorder point of %d. ', position_qty, reorder_point_qty)
        end as comparison,
        printf(
            'Position: %d sellable - %d reserved - %d committed - %d backordered + %d on order + %d in transit. ',
            on_hand_qty, reserved_qty, committed_qty, backordered_qty, on_order_qty, in_transit_qty
        ) as position_parts,
        case
            when demand_class = 'none' then 'Demand: none in the last year, ordered only to commitments. '
            when method = 'to commitments'
                then
                    printf(
                        'Demand: %s, %.1f a week, ordered only to commitments. ', demand_class, forecast_per_week_qty
                    )
            else
                printf(
                    'Demand: %s, %.1f a week forecast from %d weeks, %d of them with orders. ',
                    demand_class, forecast_per_week_qty, weeks_count, demand_weeks_count
                )
        end as demand,
        case
            when method = 'to commitments' then ''
            else
                printf(
                    'Lead time: %.1f days with a spread of %.1f, from %s%s, reviewed every %.0f days. ',
                    lead_time_days, lead_time_sd_days, lead_time_source,
                    case when lead_time_receipts_count > 0 then printf(' (%d)', lead_time_receipts_count) else '' end,
                    review_days
                )
        end as lead_time,
        case
            when method = 'to commitments' then ''
            else
                printf(
                    'Safety stock: %d for a cycle service of %.1f %%, %s. ',
                    safety_stock_qty, 100 * service_level_rate,
                    case method
                        when 'normal' then 'by the normal formula'
                        else 'by the quantile of past windows of that length'
                    end
                )
        end as safety,
        case
            when need_qty = 0 then ''
            when order_qty = need_qty then 'Rounding: none.'
            else
                printf(
                    'Rounding: need %d, %s%s, gives %d.',
                    need_qty,
                    case when moq_qty > 1 then printf('minimum %d, ', moq_qty) else '' end,
                    case
                        when order_multiple_qty > 1 then printf('multiple of %d', order_multiple_qty) else 'no multiple'
                    end,
                    order_qty
                )
        end as rounding
    from quantities
),

final as (
    select
        sku_id,
        location_id,
        trim(concat(verdict, comparison, position_parts, demand, lead_time, safety, rounding)) as reasons
    from sentences
)

select * from final
