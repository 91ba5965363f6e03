with final as (
    select
        account,
        system,
        time_zone,
        currency,
        tax_basis,
        is_sales_channel,
        channel_location_id
    from {{ ref('stg_company__accounts') }}
)

select * from final
