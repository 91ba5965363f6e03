with

-- an offer that is off takes no part in a split
listings as (

    select distinct
        channel_account,
        fulfilled_by,
        sku_id
    from {{ ref('int_listings__matched') }}
    where is_active

),

policies as (

    {{ channel_policy('listings') }}

),

recent_demand as (

    select * from {{ ref('int_channel_demand__recent') }}

),

final as (

    select
        listings.channel_account,
        listings.fulfilled_by,
        listings.sku_id,
        policies.mode,
        policies.share_weight,
        policies.priority_rank,
        policies.debt_weight_rate,
        cast(
            coalesce(
                policies.need_qty, ceil(round(policies.need_days * coalesce(recent_demand.recent_qty, 0) / 28.0, 9))
            ) as bigint
        ) as need_qty
    from listings
    inner join policies
        on
            listings.channel_account = policies.asked_channel_account
            and listings.sku_id = policies.asked_sku_id
    left join recent_demand
        on
            listings.channel_account = recent_demand.channel_account
            and listings.sku_id = recent_demand.sku_id
    where policies.mode in ('fair_share', 'priority')

)

select * from final
