{{ config(materialized='view') }}

{%- set claim = 'channel_account, order_id, channel_sku, location_id, sku_id' -%}
with

changes as (

    select
        {{ claim }},
        changed_at,
        sum(delta_qty) as delta_qty
    from {{ ref('int_claims__changed') }}
    where changed_at <= {{ as_of() }}
    group by all

),

-- each change of what is left of an order line begins a span that the next one ends
orders as (

    select
        'order' as claim_kind,
        'committed' as charged_to,
        order_id as reference_id,
        channel_sku,
        location_id,
        sku_id,
        channel_account,
        changed_at as from_at,
        lead(changed_at) over (
            partition by {{ claim }}
            order by changed_at
        ) as to_at,
        cast(sum(delta_qty) over (
            partition by {{ claim }}
            order by changed_at
            rows between unbounded preceding and current row
        ) as bigint) as claimed_qty
    from changes

),

holds as (

    select
        claim_kind,
        charged_to,
        reference_id,
        cast(null as varchar) as channel_sku,
        location_id,
        sku_id,
        channel_account,
        from_at,
        to_at,
        claimed_qty
    from {{ ref('int_stock_holds__intervals') }}

),

final as (

    select * from orders
    where claimed_qty > 0
    union all
    select * from holds

)

select * from final
