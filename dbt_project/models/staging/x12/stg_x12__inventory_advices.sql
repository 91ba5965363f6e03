with

final as (

    select
        _account as account,
        report_id,
        purpose_code,
        coalesce(nullif(trim(location_code), ''), 'unnamed') as source_location_name,
        trim(sku) as channel_sku,
        state,
        qty as state_qty,
        {{ stated_instant('as_of_at', 'as_of_on') }} as snapshot_at,
        _exported_at as stated_at
    from {{ source('raw', 'x12__inventory_advices') }}
    where {{ known_by_as_of() }}
    {{ newest_document('report_id') }}

)

select * from final
