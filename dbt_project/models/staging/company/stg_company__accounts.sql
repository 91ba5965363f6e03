with source as (
    select * from {{ source('company', 'accounts') }}
),

final as (
    select
        account,
        system,
        time_zone,
        currency,
        tax_basis,
        is_sales_channel,
        channel_location_id
    from source
)

select * from final
