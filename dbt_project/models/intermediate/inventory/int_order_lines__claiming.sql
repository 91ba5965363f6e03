with

lines as (

    select
        *,
        -- what the channel itself has taken off a number that is net of its own orders
        ordered_qty - customer_cancelled_qty - merchant_cancelled_qty - unknown_cancelled_qty as accepted_qty
    from {{ ref('int_order_lines__fulfilled') }}
    where not is_test and requires_shipping

),

net_feeds as (

    select
        stock_account,
        min(snapshot_at) as first_snapshot_at
    from {{ ref('int_stock_snapshots__stated') }}
    where basis = 'available_net'
    group by all

),

final as (

    select lines.*
    from lines
    left join net_feeds
        on lines.channel_account = net_feeds.stock_account
    where lines.open_qty > 0 or coalesce(lines.ordered_at > net_feeds.first_snapshot_at, false)

)

select * from final
