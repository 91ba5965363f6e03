{{ config(**by_order(names=['named_order_key', 'named_other_order_key'])) }}

with

-- what a feed calls an order and a SKU that are not its own
named as (

    select distinct
        account,
        seller_account,
        order_key,
        other_order_key,
        ordered_sku
    from {{ touched(ref('int_warehouse_shipments__stated'), ['order_key', 'other_order_key']) }}
    union
    select distinct
        account,
        null as seller_account,
        order_key,
        other_order_key,
        ordered_sku
    from {{ touched(ref('int_return_requests__stated'), ['order_key', 'other_order_key']) }}

),

named_keys as (

    select
        *,
        order_key as named_key,
        1 as named_rank
    from named
    where order_key is not null
    union all
    select
        *,
        other_order_key as named_key,
        2 as named_rank
    from named
    where other_order_key is not null

),

lines as (

    select * from {{ touched(ref('int_order_lines__unioned')) }}

),

known_keys as (

    select
        lines.*,
        lines.order_key as known_key,
        1 as known_rank
    from lines
    union all
    select
        lines.*,
        lines.other_order_key as known_key,
        2 as known_rank
    from lines
    where lines.other_order_key is not null

),

candidates as (

    select
        named.account,
        named.order_key as named_order_key,
        named.other_order_key as named_other_order_key,
        named.ordered_sku,
        known.channel_account,
        known.order_id,
        known.order_key,
        known.channel_sku,
        known.units_per_listing,
        case when known.channel_sku = named.ordered_sku then 1 when known.sku_id = named.ordered_sku then 2 else 3 end
            as sku_rank,
        named.named_rank,
        known.known_rank
    from named_keys as named
    inner join known_keys as known
        on
            named.named_key = known.known_key
            and (named.seller_account is null or named.seller_account = known.channel_account)

),

best as (

    select *
    from candidates
    qualify rank() over (
        partition by account, named_order_key, named_other_order_key, ordered_sku
        order by sku_rank, named_rank, known_rank
    ) = 1

),

final as (

    select
        best.account,
        best.named_order_key,
        best.named_other_order_key,
        best.ordered_sku,
        min(best.channel_account) as channel_account,
        min(best.order_id) as order_id,
        min(best.order_key) as order_key,
        -- a SKU that the order does not have keeps its own name
        case
            when min(best.sku_rank) = 3 then any_value(best.ordered_sku)
            else arg_min(best.channel_sku, (best.units_per_listing, best.channel_sku))
        end as channel_sku,
        case when min(best.sku_rank) = 3 then 1 else min(best.units_per_listing) end as units_per_listing,
        min(best.sku_rank) = 1 as is_channel_sku
    from best
    group by best.account, best.named_order_key, best.named_other_order_key, best.ordered_sku
    -- two channels may use one order number: what fits both is nobody's
    having count(distinct concat_ws(' ', best.channel_account, best.order_id)) = 1

)

select * from final
