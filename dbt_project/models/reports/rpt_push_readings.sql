with

final as (

    select
        reading_id,
        destination,
        channel_account,
        listing_id,
        channel_sku,
        sku_id,
        read_at,
        read_on,
        read_by,
        drift_class,
        wanted_number,
        written_number,
        read_number,
        unsellable_listing_qty,
        written_listing_qty,
        read_listing_qty,
        run_id,
        acknowledged_at,
        is_newest
    from {{ ref('fct_drifted_readings') }}

)

select * from final
