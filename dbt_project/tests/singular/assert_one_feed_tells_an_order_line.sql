-- Each order is stated, and the parcels and returns of each order line are told, by one feed: nothing is counted twice.
-- FBA's returns are other goods than those that come back to the seller.
with

told as (

    select
        'order' as told,
        statements.channel_account,
        statements.order_key,
        null as channel_sku,
        statements.statement_source as source
    from {{ ref('int_order_statements__unioned') }} as statements
    anti join {{ ref('int_order_statements__superseded') }}
        using (channel_account, order_key, statement_source)

    union all

    select
        'shipment' as told,
        channel_account,
        order_key,
        channel_sku,
        shipment_source as source
    from {{ ref('fct_shipment_lines') }}

    union all

    select
        'return' as told,
        channel_account,
        order_key,
        channel_sku,
        return_source as source
    from {{ ref('fct_return_lines') }}
    where return_source != 'fba'

)

select
    told,
    channel_account,
    order_key,
    channel_sku,
    count(distinct source) as feeds_count
from told
where channel_account is not null
group by all
having count(distinct source) > 1
