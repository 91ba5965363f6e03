with final as (
    select
        promotions.promotion_id,
        promotions.channel_account,
        promotions.sku_id,
        promotions.promotion_kind,
        promotions.starts_on,
        promotions.ends_on,
        cast(promotions.discount_rate as double) as discount_rate,
        cast(promotions.expected_uplift_rate as double) as expected_uplift_rate,
        promotions.is_cancelled,
        not promotions.is_cancelled
        and settings.as_of_on between promotions.starts_on and promotions.ends_on as is_running,
        settings.as_of_on
    from {{ ref('stg_house__promotions') }} as promotions
    cross join {{ ref('stg_company__settings') }} as settings
)

select * from final
