with

pools as (

    select * from {{ ref('int_channel_stock__pooled') }} where zone = '*'

),

products as (

    select
        sku_id,
        coalesce(category, '') as category,
        {{ safe_divide('price_amount - unit_cost_amount', 'price_amount') }} as margin_rate
    from {{ ref('int_products__known') }}

),

preorder_policies as (

    select * from {{ ref('stg_policy__preorder') }}

),

settings as (

    select as_of_on from {{ ref('stg_company__settings') }}

),

taken as (

    select
        channel_account,
        sku_id,
        sum(open_qty) as taken_qty,
        sum(sum(open_qty)) over (partition by sku_id) as all_taken_qty
    from {{ ref('int_order_lines__fulfilled') }}
    where is_preorder and open_qty > 0
    group by channel_account, sku_id

),

all_taken as (

    select distinct
        sku_id,
        all_taken_qty
    from taken

),

preorders as (

    select
        pools.channel_account,
        pools.fulfilled_by,
        pools.sku_id,
        'pre_order' as promise_kind,
        coalesce(own.release_on, everybody.release_on) as promise_on,
        coalesce(own.limit_qty, everybody.limit_qty) as limit_qty,
        coalesce(taken.taken_qty, 0) as taken_qty,
        least(
            own.limit_qty - coalesce(taken.taken_qty, 0), everybody.limit_qty - coalesce(all_taken.all_taken_qty, 0)
        ) as left_qty
    from pools
    cross join settings
    left join preorder_policies as own
        on
            pools.channel_account = own.channel_account
            and pools.sku_id = own.sku
    left join preorder_policies as everybody
        on
            everybody.channel_account = '*'
            and pools.sku_id = everybody.sku
    left join taken
        on
            pools.channel_account = taken.channel_account
            and pools.sku_id = taken.sku_id
    left join all_taken
        on pools.sku_id = all_taken.sku_id
    where coalesce(own.release_on, everybody.release_on) > settings.as_of_on

),

-- the SKU's own row before its category's, and of these the one with the highest margin that the SKU reaches
backorders as (

    select
        pools.channel_account,
        pools.fulfilled_by,
        pools.sku_id,
        'backorder' as promise_kind,
        cast(null as date) as promise_on,
        limits.limit_qty,
        pools.pool_shortfall_qty as taken_qty,
        limits.limit_qty - pools.pool_shortfall_qty as left_qty
    from pools
    inner join products
        on pools.sku_id = products.sku_id
    inner join {{ ref('stg_policy__backorder') }} as limits
        on
            limits.category in (products.category, '*')
            and limits.sku in (products.sku_id, '*')
            and limits.min_margin_rate <= coalesce(products.margin_rate, 0)
    where pools.is_stock_tracked
    qualify row_number() over (
        partition by pools.channel_account, pools.fulfilled_by, pools.sku_id
        order by limits.sku != '*' desc, limits.category != '*' desc, limits.min_margin_rate desc
    ) = 1

),

final as (

    select * replace (cast(greatest(0, left_qty) as bigint) as left_qty) from preorders
    union all
    select * replace (cast(greatest(0, left_qty) as bigint) as left_qty) from backorders

)

select * from final
