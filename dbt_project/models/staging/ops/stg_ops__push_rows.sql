with source as (
    select * from {{ source('ops', 'push_rows') }}
),

final as (
    select
        run_id,
        destination,
        row_key,
        generation,
        target_json,
        status,
        reason,
        updated_at,
        sellable_quantity as sellable_listing_qty
    from source
)

select * from final
