with

reports as (

    select
        _account as account,
        trim(sku) as channel_sku,
        listed_qty,
        fulfillment_channel,
        _exported_at as stated_at,
        _file_sha256 as file_sha256
    from {{ source('raw', 'amazon__listings') }}
    where {{ known_by_as_of() }}
    union all
    select
        _account as account,
        trim(sku) as channel_sku,
        listed_qty,
        cast(null as varchar) as fulfillment_channel,
        _exported_at as stated_at,
        _file_sha256 as file_sha256
    from {{ source('raw', 'amazon__open_listings') }}
    where {{ known_by_as_of() }}

),

final as (

    select
        account,
        channel_sku,
        max(listed_qty) as listed_qty,
        stated_at
    from reports
    -- what the marketplace ships itself has a blank quantity: no record, not zero
    where listed_qty is not null and coalesce(upper(fulfillment_channel), 'DEFAULT') not like 'AMAZON%'
    group by account, channel_sku, stated_at
    qualify row_number() over (partition by account, channel_sku order by stated_at desc) = 1

)

select * from final
