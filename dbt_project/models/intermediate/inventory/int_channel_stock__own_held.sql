with

claims as (

    select *
    from {{ ref('int_stock_holds__judged') }}
    where charged_to = 'reserved' and channel_account is not null and is_in_force

),

stock as (

    select * from {{ ref('int_stock__available_to_sell') }}

),

held as (

    select
        claims.channel_account,
        claims.location_id,
        claims.sku_id,
        sum(claims.claimed_qty) as held_qty
    from claims
    group by all

),

-- what the location could promise the holder if it did not hold: debt is paid back first, then the buffer is filled
final as (

    select
        held.channel_account,
        held.location_id,
        held.sku_id,
        cast(least(held.held_qty, stock.debt_qty) as bigint) as spared_debt_qty,
        cast(
            case
                when stock.is_open and stock.is_stock_tracked
                    then greatest(0, least(held.held_qty, stock.free_qty + held.held_qty - stock.node_buffer_qty))
                else 0
            end as bigint
        ) as spared_ats_qty
    from held
    inner join stock
        on
            held.location_id = stock.location_id
            and held.sku_id = stock.sku_id

)

select * from final
