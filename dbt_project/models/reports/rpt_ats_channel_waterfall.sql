{%- set terms = [
    ('node_ats', 'node_ats_qty + unreached_ats_qty'),
    ('zone', '-unreached_ats_qty'),
    ('node_debt', 'case when parts_qty is null then pool_qty - pool_shortfall_qty - node_ats_qty + unplaced_qty end'),
    ('unplaced', 'case when parts_qty is null then -unplaced_qty end'),
    ('pool_shortfall', 'pool_shortfall_qty'),
    ('parts', 'parts_qty'),
    ('ring_fence', 'open_pool_qty - pool_qty'),
    ('share', 'share_qty - open_pool_qty'),
    ('channel_buffer', '-least(share_qty, channel_buffer_qty)'),
    ('unseen', '-least(greatest(0, share_qty - channel_buffer_qty), unseen_qty)'),
    ('cap', 'capped_qty - left_qty'),
    ('listing_held', "case when status != 'ok' then -capped_qty end"),
    ('pack', "case when status = 'ok' then -(capped_qty % units_per_listing) end")
] -%}
with

listings as (

    select * from {{ ref('fct_channel_available_to_sell') }}

),

reduced as (

    select
        *,
        greatest(0, pool_qty - ring_fenced_by_others_qty) as open_pool_qty,
        greatest(0, share_qty - channel_buffer_qty - unseen_qty) as left_qty
    from listings

),

explained as (

    select
        *,
        least(cap_qty, left_qty) as capped_qty
    from reduced

),

final as (

    {{ waterfall_steps('explained', ['channel_account', 'listing_id', 'sku_id'], terms) }}

)

select * from final
