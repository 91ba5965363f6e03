{#- term, the policy column behind it, and when it is in play -#}
{%- set channel_terms = [
    ('share', 'share_rate', "mode != 'exposure'"),
    ('channel_buffer', 'channel_buffer_qty', 'channel_buffer_qty > 0'),
    ('unseen', 'stale_quantile_rate', 'stale_quantile_rate > 0'),
    ('cap', 'cap_qty', 'cap_qty is not null'),
    ('ring_fence', 'ring_fence_qty', 'ring_fence_qty > 0'),
    ('node_debt', 'debt_weight_rate', 'debt_weight_rate != 1'),
    ('listing_held', 'max_feed_age_minutes', 'is_stale')
] -%}
{%- set node_terms = [
    ('node_buffer', 'node_buffer_qty > 0 or node_buffer_rate > 0'),
    ('location_held', "selling != 'open'")
] -%}
with

buffered as (

    select
        location_id,
        sku_id
    from {{ ref('int_stock__available_to_sell') }}
    where node_buffer_qty > 0 or status = 'closed'

),

listed as (

    select
        channel_account,
        sku_id,
        bool_or(status = 'stale') as is_stale
    from {{ ref('int_channel_stock__available_to_sell') }}
    group by all

),

node_policies as (

    {{ resolved_policy('buffered', ref('stg_policy__node'), [['location_id', 'location_id'], ['sku_id', 'sku']]) }}

),

channel_policies as (

    {{ channel_policy('listed') }}

),

in_play as (

    select
        channel_policies.*,
        listed.is_stale
    from channel_policies
    inner join listed
        on
            channel_policies.asked_channel_account = listed.channel_account
            and channel_policies.asked_sku_id = listed.sku_id

),

traced as (

    {% for term, is_in_play in node_terms -%}
        select
            '{{ term }}' as term,
            asked_location_id as location_id,
            '' as channel_account,
            asked_sku_id as sku_id,
            concat_ws(
                '; ',
                'selling ' || coalesce(selling, 'open'),
                'buffer ' || node_buffer_qty || ' units or rate ' || node_buffer_rate,
                owner,
                reason
            ) as evidence_detail,
            effective_from_on,
            location_id || ', ' || sku as document_id,
            'policy_node.csv' as source_file
        from node_policies
        where {{ is_in_play }}
        union all
    {% endfor -%}
    {% for term, column, is_in_play in channel_terms -%}
        select
            '{{ term }}' as term,
            '' as location_id,
            asked_channel_account as channel_account,
            asked_sku_id as sku_id,
            concat_ws(
                '; ', '{{ column }} ' || {{ column }}{{ " || ', mode ' || mode" if term == 'share' }}, owner, reason
            )
                as evidence_detail,
            effective_from_on,
            channel_account || ', ' || sku as document_id,
            'policy_channel.csv' as source_file
        from in_play
        where {{ is_in_play }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

final as (

    select
        * exclude (effective_from_on),
        cast(effective_from_on as timestamp) as evidence_at
    from traced

)

select * from final
