{#-
    The feeds of orders and parcels, with what says which orders a row is of, so that a build can be narrow when they have news.

    `names`: the keys of a row's order; `own_name` where a row may go by a name that stands above it, the key of its own. `via`: where another feed says it, that feed and the columns that lead there. `tracking`: where
    only parcels do, the column with their number. `statement`: what identifies a statement that a later one replaces, where
    its order is no part of that. A build compares `instants` and `days` with as_of (all there are, unless said): what lay
    ahead at one build may have happened by the next. Of a feed that `is_sliced`, staging reads touched orders alone; nothing
    outside the models kept by order may then read that staging in a narrow build.
-#}
{% macro order_feeds() -%}
    {{ return({
        'house__orders': {
            'names': [order_key('trim(order_id)')], 'is_sliced': true,
            'instants': ['ordered_at', 'cancelled_at', 'updated_at'], 'days': ['release_on'],
        },
        'house__shipments': {
            'names': [order_key('trim(order_id)')], 'statement': ['_account', 'shipment_id', 'shipment_line'],
            'is_sliced': true, 'instants': ['shipped_at', 'delivered_at'], 'days': [],
        },
        'house__cancellations': {
            'names': [order_key('trim(order_id)')], 'statement': ['_account', 'cancellation_id'], 'is_sliced': true,
        },
        'shopify__orders': {
            'names': [order_key(shopify_order_name())], 'own_name': order_key("nullif(trim(name), '')"),
            'is_sliced': true, 'instants': ['created_at', 'fulfilled_at', 'cancelled_at'], 'days': [],
        },
        'amazon__orders': {
            'names': [order_key('trim(amazon_order_id)')], 'is_sliced': true,
            'instants': ['purchase_at', 'last_updated_at'], 'days': [],
        },
        'amazon__fba_shipments': {
            'names': [order_key('trim(amazon_order_id)')], 'statement': ['_account', 'shipment_item_id'],
            'is_sliced': true, 'instants': ['shipment_at'], 'days': [],
        },
        'walmart__order_lines': {
            'names': [order_key('trim(purchase_order_id)'), order_key('trim(customer_order_id)')],
            'statement': ['_account', 'purchase_order_id'], 'is_sliced': true, 'instants': ['ordered_at', 'status_at'],
        },
        'walmart__order_line_statuses': {'names': [order_key('trim(purchase_order_id)')], 'is_sliced': true},
        'ebay__orders': {
            'names': [order_key('trim(order_number)'), order_key('trim(sales_record_number)')],
            'statement': ['_account', 'order_number'], 'is_sliced': true, 'days': ['sale_on', 'shipped_on'],
        },
        'tiktok__orders': {'names': [order_key('trim(order_id)')]},
        'woocommerce__orders': {
            'names': [
                order_key("coalesce(nullif(trim(order_number), ''), trim(order_id))"), order_key('trim(order_id)'),
            ],
            'statement': ['_account', 'order_id'],
        },
        'woocommerce__order_lines': {'via': ['woocommerce__orders', 'order_id', 'order_id']},
        'woocommerce__refunds': {
            'names': [woocommerce_refunded_order()], 'statement': ['_account', 'refund_id'],
        },
        'woocommerce__refund_lines': {'via': ['woocommerce__refunds', 'refund_id', 'refund_id']},
        'shopify__bulk_orders': {
            'names': [
                order_key('trim(order_name)'), "coalesce(nullif(trim(order_id), ''), " ~ gid_number('order_gid') ~ ")",
            ],
            'statement': ['_account', 'order_gid'],
        },
        'shopify__bulk_order_lines': {'via': ['shopify__bulk_orders', 'parent_gid', 'order_gid']},
        'shopify__bulk_refund_lines': {'via': ['shopify__bulk_order_lines', 'line_gid', 'line_gid']},
        'shopify__bulk_refunds': {'via': ['shopify__bulk_refund_lines', 'refund_gid', 'parent_gid']},
        'shopify__bulk_refund_nodes': {'via': ['shopify__bulk_refund_lines', 'refund_gid', 'parent_gid']},
        'shopify__bulk_fulfillment_lines': {'via': ['shopify__bulk_order_lines', 'line_gid', 'line_gid']},
        'shopify__bulk_fulfillments': {'via': ['shopify__bulk_fulfillment_lines', 'fulfillment_gid', 'parent_gid']},
        'shopify__bulk_fulfillment_nodes': {'via': ['shopify__bulk_fulfillment_lines', 'fulfillment_gid', 'parent_gid']},
        'x12__purchase_orders': {'names': [order_key('trim(purchase_order_id)')], 'statement': x12_transaction()},
        'x12__warehouse_orders': {
            'names': [order_key('trim(depositor_order_id)'), order_key('trim(purchase_order_id)')],
            'statement': x12_transaction(),
        },
        'x12__warehouse_shipments': {
            'names': [order_key('trim(depositor_order_id)'), order_key('trim(purchase_order_id)')],
            'statement': ['_account', 'interchange_sender', 'depositor_order_id'],
        },
        'x12__ship_notices': {
            'names': [order_key('trim(purchase_order_id)')], 'statement': ['_account', 'interchange_sender', 'shipment_id'],
        },
        'shipstation__shipments': {
            'names': [order_key('trim(order_number)'), order_key('trim(order_key)')],
            'statement': ['_account', 'shipment_id'],
        },
        'shipstation__shipment_items': {'via': ['shipstation__shipments', 'shipment_id', 'shipment_id']},
        'loop__returns': {
            'names': [order_key('trim(order_name)'), order_key('trim(order_id)')], 'statement': ['_account', 'return_id'],
        },
        'loop__return_lines': {'via': ['loop__returns', 'return_id', 'return_id']},
        'aftership__returns': {
            'names': [order_key('trim(order_number)'), order_key('trim(order_id)')],
            'statement': ['_account', 'return_id'],
        },
        'aftership__return_items': {'via': ['aftership__returns', 'return_id', 'return_id']},
        'easypost__trackers': {'tracking': 'tracking_number'},
        'easypost__tracking_events': {'via': ['easypost__trackers', 'tracker_id', 'tracker_id']},
        'aftership__trackings': {'tracking': 'tracking_number'},
        'aftership__tracking_events': {'via': ['aftership__trackings', 'tracking_id', 'tracking_id']},
    }) }}
{%- endmacro %}

{% macro x12_transaction() -%}
    {{ return(['_account', 'interchange_sender', 'interchange_control', 'group_control', 'transaction_control']) }}
{%- endmacro %}

{#- The order that a refund names itself, or only at the end of a link. -#}
{% macro woocommerce_refunded_order() -%}
    {{ order_key("coalesce(
        nullif(nullif(trim(order_id), ''), '0'),
        nullif(regexp_extract(order_link, '/orders/([0-9]+)', 1), '')
    )") }}
{%- endmacro %}
