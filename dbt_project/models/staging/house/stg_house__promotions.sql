with

final as (

    select
        trim(promotion_id) as promotion_id,
        trim(channel_account) as channel_account,
        trim(sku) as sku_id,
        starts_on,
        ends_on,
        lower(trim(promotion_kind)) as promotion_kind,
        discount_rate,
        expected_uplift_rate,
        coalesce(is_cancelled, false) as is_cancelled
    from {{ source('raw', 'house__promotions') }}
    where {{ known_by_as_of() }}
    {{ newest_statement(['promotion_id', 'channel_account', 'sku'], updated_at='updated_at') }}

)

select * from final
