with

offered as (

    select * from {{ ref('int_channel_stock__offered') }}

),

policies as (

    {{ channel_policy('offered') }}

),

kits as (

    select kits.*
    from {{ ref('int_kits__exploded') }} as kits
    left join {{ ref('int_products__known') }} as products
        on kits.component_sku_id = products.sku_id
    where coalesce(products.is_stock_tracked, true)

),

spans as (

    select
        offered.channel_account,
        offered.listing_id,
        offered.fulfilled_by,
        offered.sku_id,
        policies.stale_quantile_rate,
        coalesce(offered.feed_age_minutes, 0) as feed_age_minutes,
        coalesce(offered.feed_age_minutes, 0) + coalesce(policies.publish_delay_minutes, 0) as unseen_minutes
    from offered
    inner join policies
        on
            offered.channel_account = policies.asked_channel_account
            and offered.sku_id = policies.asked_sku_id
    where policies.stale_quantile_rate > 0

),

parts as (

    select
        *,
        sku_id as drawn_sku_id,
        1 as drawn_per_unit_qty
    from spans
    where unseen_minutes > 0
    union all
    select
        spans.*,
        kits.component_sku_id as drawn_sku_id,
        kits.component_qty as drawn_per_unit_qty
    from spans
    inner join kits
        on spans.sku_id = kits.kit_sku_id
    where spans.unseen_minutes > 0

),

-- listings of one SKU in several packs ask one question
final as (

    select
        *,
        dense_rank() over (
            order by channel_account, fulfilled_by, drawn_sku_id, stale_quantile_rate, feed_age_minutes, unseen_minutes
        ) as question_number
    from parts

)

select * from final
