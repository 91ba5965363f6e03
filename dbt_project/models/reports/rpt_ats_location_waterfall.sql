{%- set event_types = [
    'shipment', 'receipt', 'return_received', 'return_graded', 'fba_return', 'movement', 'transfer'
] -%}
{%- set terms = [
    ('stated_on_hand', 'on_hand_qty - changes_qty'),
    ('shipment', 'shipment_qty'),
    ('receipt', 'receipt_qty'),
    ('return_received', 'return_received_qty'),
    ('return_graded', 'return_graded_qty'),
    ('fba_return', 'fba_return_qty'),
    ('movement', 'movement_qty'),
    ('transfer', 'transfer_qty'),
    ('other_event', 'other_event_qty'),
    ('negative_on_hand', 'greatest(0, -on_hand_qty)'),
    ('damaged', '-damaged_qty'),
    ('quality_control', '-quality_control_qty'),
    ('returned', '-returned_qty'),
    ('expiring', '-expiring_qty'),
    ('consigned', '-consigned_qty'),
    ('other_unavailable', '-other_unavailable_qty'),
    ('blocked', 'stated_unavailable_qty - unavailable_qty'),
    ('more_unsellable', 'greatest(0, unavailable_qty - greatest(0, on_hand_qty))'),
    ('committed', '-committed_qty'),
    ('reserved', '-reserved_qty'),
    ('outbound', '-outbound_qty'),
    ('debt', 'debt_qty'),
    ('node_buffer', '-least(node_buffer_qty, greatest(0, free_qty))'),
    ('location_held', 'coalesce(ats_qty, 0) - greatest(0, free_qty) + least(node_buffer_qty, greatest(0, free_qty))')
] -%}
with

stock as (

    select * from {{ ref('fct_available_to_sell') }}

),

changes as (

    select
        {% for event_type in event_types %}
            sum(delta_qty) filter (where event_type = '{{ event_type }}') as {{ event_type }}_qty,
        {% endfor %}
        sum(delta_qty) filter (where not list_contains({{ event_types }}, event_type)) as other_event_qty,
        sum(delta_qty) as changes_qty,
        location_id,
        sku_id
    from {{ ref('fct_stock_changes') }}
    where state = 'on_hand'
    group by all

),

explained as (

    select
        stock.*,
        {% for event_type in event_types + ['other_event'] %}
            changes.{{ event_type }}_qty,
        {% endfor %}
        coalesce(changes.changes_qty, 0) as changes_qty,
        stock.damaged_qty + stock.quality_control_qty + stock.returned_qty + stock.expiring_qty + stock.consigned_qty
        + stock.other_unavailable_qty as stated_unavailable_qty
    from stock
    left join changes
        on
            stock.location_id = changes.location_id
            and stock.sku_id = changes.sku_id

),

final as (

    {{ waterfall_steps('explained', ['sku_id', 'location_id'], terms) }}

)

select * from final
