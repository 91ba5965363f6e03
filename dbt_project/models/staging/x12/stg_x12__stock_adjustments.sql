with

final as (

    select
        _account as account,
        concat_ws(':', interchange_sender, interchange_control, group_control, transaction_control, transaction_line)
            as movement_id,
        adjustment_id,
        coalesce(nullif(trim(location_code), ''), 'unnamed') as source_location_name,
        trim(sku) as channel_sku,
        adjusted_qty as moved_qty,
        reason,
        {{ stated_instant('adjusted_at', 'adjusted_on') }} as occurred_at
    from {{ source('raw', 'x12__stock_adjustments') }}
    where {{ known_by_as_of() }}
    {{ newest_document('adjustment_id') }}

)

select * from final
