{%- set states = [
    'on_hand', 'damaged', 'quality_control', 'returned', 'expiring', 'consigned', 'other_unavailable'
] -%}
with

positions as (

    select * from {{ ref('int_stock_positions__current') }}

),

products as (

    select * from {{ ref('int_products__known') }}

),

claims as (

    select
        location_id,
        sku_id,
        sum(claimed_qty) as claimed_qty
    from {{ ref('int_stock_claims__placed') }}
    group by all

),

held as (

    select * from {{ ref('int_stock_claims__held') }}

),

keys as (

    {% for relation in ['positions', 'claims', 'held'] %}
        select
            location_id,
            sku_id
        from {{ relation }}
        {% if not loop.last %}union{% endif %}
    {% endfor %}

),

buffers as (

    {{ resolved_policy('keys', ref('stg_policy__node'), [['location_id', 'location_id'], ['sku_id', 'sku']]) }}

),

company_limit as (

    select max_feed_age_minutes
    from {{ ref('stg_policy__channel') }}
    where channel_account = '*' and sku = '*'
    qualify row_number() over (order by effective_from_on desc) = 1

),

terms as (

    select
        keys.location_id,
        keys.sku_id,
        coalesce(products.is_stock_tracked, true) as is_stock_tracked,
        positions.sku_id is not null as has_position,
        positions.stock_account,
        positions.basis,
        positions.snapshot_at,
        {{ age_minutes('positions.snapshot_at') }} as feed_age_minutes,
        {% for state in states %}
            coalesce(positions.{{ state }}_qty, 0) as {{ state }}_qty,
        {% endfor %}
        cast(coalesce(claims.claimed_qty, 0) as bigint) as committed_qty,
        coalesce(held.reserved_qty, positions.reserved_qty, 0) as reserved_qty,
        coalesce(held.blocked_qty, 0) as blocked_qty,
        coalesce(held.outbound_qty, 0) as outbound_qty,
        coalesce(buffers.selling, 'open') = 'open' as is_open,
        coalesce(buffers.node_buffer_qty, 0) as fixed_buffer_qty,
        coalesce(buffers.node_buffer_rate, 0) as node_buffer_rate
    from keys
    left join positions
        on
            keys.location_id = positions.location_id
            and keys.sku_id = positions.sku_id
    left join claims
        on
            keys.location_id = claims.location_id
            and keys.sku_id = claims.sku_id
    left join held
        on
            keys.location_id = held.location_id
            and keys.sku_id = held.sku_id
    left join products
        on keys.sku_id = products.sku_id
    left join buffers
        on
            keys.location_id = buffers.asked_location_id
            and keys.sku_id = buffers.asked_sku_id

),

-- a negative book value is a fault of the count, not a debt: it is read as nothing
sellable as (

    select
        *,
        damaged_qty + quality_control_qty + returned_qty + expiring_qty + consigned_qty + other_unavailable_qty
        + blocked_qty as unavailable_qty,
        greatest(0, greatest(0, on_hand_qty) - unavailable_qty) as sellable_qty
    from terms

),

freed as (

    select
        *,
        sellable_qty - committed_qty - reserved_qty - outbound_qty as free_qty,
        cast(greatest(fixed_buffer_qty, ceil(round(node_buffer_rate * sellable_qty, 9))) as bigint) as node_buffer_qty
    from sellable

),

final as (

    select
        freed.*,
        case
            when not freed.is_stock_tracked then null
            when freed.is_open then cast(greatest(0, freed.free_qty - freed.node_buffer_qty) as bigint)
            else 0
        end as ats_qty,
        cast(greatest(0, -freed.free_qty) as bigint) as debt_qty,
        case
            when not freed.is_stock_tracked then 'untracked'
            when not freed.is_open then 'closed'
            when not freed.has_position then 'unknown'
            when freed.on_hand_qty < 0 then 'negative_on_hand'
            when freed.feed_age_minutes > company_limit.max_feed_age_minutes then 'stale'
            else 'ok'
        end as status
    from freed
    left join company_limit
        on true

)

select * from final
