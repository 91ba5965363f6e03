"""House templates of the work in and between warehouses: counts, transfers, holds, inbound milestones, tasks.

A transfer moves what it says has left and arrived, but for a leg that a stock movement states under its id. The others move
nothing: what a count corrects is a movement that carries the count's id, what an inbound container brings is a receipt.
"""

from __future__ import annotations

from ingestion.contract import FeedKind
from ingestion.systems.house_columns import at, feed, identifier, key, on, pseudonym, qty, text

TRANSFER_STATES = ("planned", "picked", "in_transit", "received", "cancelled")
HOLD_TYPES = (
    "cart", "checkout", "draft_order", "manual", "quality_control", "recall", "kit_assembly", "sample", "other",
)  # fmt: skip
MILESTONES = ("booked", "departed", "arrived", "customs_cleared", "appointment", "received")
TASK_TYPES = ("receive", "putaway", "pick", "pack", "ship", "count")

CYCLE_COUNTS = feed(
    "cycle_counts", "Cycle counts: what was counted against the book", FeedKind.EVENT,
    ("count_id", "location_id", "sku", "lot_id"),
    (
        key("count_id", "of the counting task; one row per location, SKU and lot in it"), key("location_id"),
        key("sku", "our SKU"), identifier("lot_id", "blank when stock is not kept by lot"),
        qty("counted_qty", "found there", needed=True),
        qty("book_qty", "the book at the instant of the count, before any correction", signed=True),
        at("counted_at", needed=True), pseudonym("counted_by_key", "the counter's number or name"), text("reason"),
    ),
)  # fmt: skip
TRANSFERS = feed(
    "transfers", "Transfer lines between our locations", FeedKind.EVENT, ("transfer_id", "transfer_line"),
    (
        key("transfer_id"), key("transfer_line"), key("from_location_id"), key("to_location_id"), key("sku", "our SKU"),
        qty("requested_qty", "to be moved; what has not left is claimed at the sender", needed=True),
        qty("shipped_qty", "has left the sender"), qty("received_qty", "has arrived, damaged units included"),
        qty("damaged_qty", "of these, arrived damaged"), text("status", allowed=TRANSFER_STATES, needed=True),
        at("requested_at"), at("shipped_at"), on("expected_on", "arrival planned, first promise"), at("received_at"),
        at("updated_at"),
    ),
)  # fmt: skip
HOLDS = feed(
    "holds", "Holds: units kept back for a purpose other than an accepted order", FeedKind.EVENT, ("hold_id",),
    (
        key("hold_id"), key("sku", "our SKU"), key("location_id"), qty("held_qty", needed=True),
        text("hold_type", "quality_control and recall make the units unsellable", allowed=HOLD_TYPES, needed=True),
        text("reason"), at("held_at", needed=True), at("expires_at", "the hold has ended at this very instant; blank: no end"),
        at("released_at", "ended by hand or turned into an order"),
        identifier("channel_account", "the channel whose customer holds it"), at("updated_at"),
    ),
    cadence_hours=24,
)  # fmt: skip
INBOUND_MILESTONES = feed(
    "inbound_milestones", "Inbound milestones: where a purchase order's goods are on their way", FeedKind.EVENT,
    ("inbound_id", "po_id", "po_line", "milestone"),
    (
        key("inbound_id", "shipment, container or ship notice, whichever identifies the consignment"), key("po_id"),
        identifier("po_line", "blank: the whole order"), identifier("container_id"),
        identifier("asn_id", "the supplier's ship notice"), identifier("sku", "our SKU"),
        identifier("location_id", "where it goes"), text("milestone", allowed=MILESTONES, needed=True),
        at("planned_at", "newest plan"), at("actual_at", "blank until it has happened"),
        qty("expected_qty", "units on board of this order or line"), text("carrier"), at("updated_at"),
    ),
)  # fmt: skip
WAREHOUSE_TASKS = feed(
    "warehouse_tasks", "Warehouse tasks: what was worked on, from when to when", FeedKind.EVENT, ("task_id",),
    (
        key("task_id", "one task at one SKU, or at one parcel"), text("task_type", allowed=TASK_TYPES, needed=True),
        key("location_id"), identifier("channel_account"), identifier("order_id", "as the channel shows it"),
        identifier("shipment_id"), identifier("receipt_id"), identifier("sku", "our SKU; blank when the task is a whole parcel"),
        qty("handled_qty", "units done", needed=True), qty("short_qty", "units asked for and not found"),
        at("released_at", "given to the floor"), at("started_at", needed=True), at("ended_at", "blank while it runs"),
        pseudonym("worker_key", "the worker's number or name"), at("updated_at"),
    ),
    cadence_hours=24,
)  # fmt: skip

OPERATIONS_FEEDS = (CYCLE_COUNTS, TRANSFERS, HOLDS, INBOUND_MILESTONES, WAREHOUSE_TASKS)
