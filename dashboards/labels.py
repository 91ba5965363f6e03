"""How a column is headed and formatted on a page; what it means is read from the published file's own descriptions.

`note` is used only for a column that a query computes itself, which therefore has no description in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a column's values are written."""

    TEXT = "text"
    UNITS = "units"
    COUNT = "count"
    RATE = "rate"
    AMOUNT = "amount"
    NUMBER = "number"
    DATE = "date"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Label:
    """A column's heading and kind; `note` explains a computed column."""

    heading: str
    kind: Kind = Kind.TEXT
    note: str = ""


def _texts(**headings: str) -> dict[str, Label]:
    return {name: Label(heading) for name, heading in headings.items()}


def _units(**headings: str) -> dict[str, Label]:
    return {name: Label(heading, Kind.UNITS) for name, heading in headings.items()}


def _counts(**headings: str) -> dict[str, Label]:
    return {name: Label(heading, Kind.COUNT) for name, heading in headings.items()}


LABELS: dict[str, Label] = {
    **_texts(
        sku_id="SKU", title="Title", location_id="Location", location_name="Location name", status="Status",
        category="Category", lifecycle="Life cycle", channel_account="Channel", listing_id="Listing",
        channel_sku="Channel SKU", fulfilled_by="Shipped by", match_status="Matched by", urgency="Urgency",
        supplier_id="Supplier id", supplier_name="Supplier", currency="Currency", demand_class="Demand pattern",
        lead_time_source="Lead time from", reasons="Reasons", account="Account", entity="Feed", reason_code="Reason",
        check_name="Check", run_id="Run", destination="Destination", row_key="Row", mode="Mode", environment="Environment",
        reason="Reason", abc_class="ABC", xyz_class="XYZ", oversell_cause="Likeliest cause", drift_cause="Why",
        drift_class="Why", read_class="Read back", read_by="Read by",
        count_reason="Why", transfer_reason="Why", from_location_id="From", to_location_id="To", out_of="Kind of place",
        place_id="Place", column_names="Columns", example_detail="For example", example_file="In file",
        finding_kind="Finding", subject="About", related="Confused with", owner="Owner",
        order_id="Order", tracking_number="Tracking number", carrier="Carrier", push_status="Last push", push_reason="Why not",
        document_id="Document", evidence_detail="In words", source_account="Account", source_file="File",
    ),
    **_units(
        on_hand_qty="On hand", unavailable_qty="Unsellable", sellable_qty="Sellable", committed_qty="Claimed",
        reserved_qty="Held", node_buffer_qty="Buffer", ats_qty="To sell", debt_qty="Owed", pool_qty="Pool",
        pool_shortfall_qty="Pool short by", ring_fenced_by_others_qty="Ring-fenced", share_qty="Share",
        unseen_qty="Not seen yet", channel_buffer_qty="Buffer", cap_qty="Cap", units_per_listing="Pack", order_qty="Order",
        need_qty="Need", moq_qty="Minimum", order_multiple_qty="Multiple", position_qty="Position",
        backordered_qty="Waiting", on_order_qty="On order", in_transit_qty="In transit", reorder_point_qty="Reorder point",
        order_up_to_qty="Order up to", safety_stock_qty="Safety stock", units_ordered_qty="Units ordered",
        units_filled_qty="Units filled", opening_qty="Opening", receipts_qty="Received", shipments_qty="Shipped",
        returns_qty="Returned", adjustments_qty="Adjusted", transfers_qty="Moved", assemblies_qty="Assembled",
        orders_qty="Ordered, net number", expected_closing_qty="Expected", stated_closing_qty="Stated",
        unexplained_qty="Unexplained", closing_qty="Closing", book_qty="Book", net_variance_qty="Net difference",
        gross_variance_qty="Gross difference", oversold_qty="Oversold", oversold_cancelled_qty="Of these cancelled",
        transfer_qty="Move", to_free_qty="Free there", from_left_qty="Left at giver", channels_spread_qty="Channels apart by",
        evidence_qty="Units", recent_demanded_qty="Units at stake",
    ),
    **_counts(
        orders_count="Orders", orders_due_count="Orders due", unjudged_count="Unjudged",
        immature_orders_count="Still in time", files_count="Files", held_files_count="Files held",
        duplicates_count="Sent again", rows_in_count="Rows in", rows_loaded_count="Loaded",
        rows_quarantined_count="Quarantined", rows_count="Rows", example_line_no="Line", expected="Expected",
        actual="Actual", difference="Difference", planned_count="Planned", sent_count="Sent", unchanged_count="Unchanged",
        held_count="Held", rejected_count="Rejected", lead_time_receipts_count="Receipts seen",
        source_row="Row", recent_orders_count="Orders at stake", shipped_listing_qty="Units", waiting_hours="Hours since",
    ),
    "listing_qty": Label("Shown", Kind.COUNT),
    "published_listing_qty": Label("Channel says", Kind.COUNT),
    "acknowledged_listing_qty": Label("Channel took", Kind.COUNT),
    "drift_listing_qty": Label("Difference", Kind.COUNT),
    "wanted_number": Label("Wanted", Kind.COUNT),
    "written_number": Label("Written", Kind.COUNT),
    "read_number": Label("Read", Kind.COUNT),
    "read_listing_qty": Label("Sellable there", Kind.COUNT),
    "counts_count": Label("Counts", Kind.COUNT),
    "accurate_count": Label("Within tolerance", Kind.COUNT),
    "oversold_lines_count": Label("Lines", Kind.COUNT, "Order lines accepted beyond free stock."),
    "oversold_orders_count": Label("Orders", Kind.COUNT, "Orders with such a line."),
    "stocked_days_count": Label("Days stocked", Kind.COUNT),
    "out_days_count": Label("Days out", Kind.COUNT),
    "out_days_rate": Label("Share out", Kind.RATE),
    "inventory_accuracy_rate": Label("Accuracy", Kind.RATE),
    "out_hours": Label("Hours out", Kind.NUMBER),
    "moved_per_day_qty": Label("Leaves a day", Kind.NUMBER),
    "to_cover_days": Label("Covers, days", Kind.NUMBER),
    "oversold_amount": Label("Sales value", Kind.AMOUNT),
    "oversold_margin_amount": Label("Margin", Kind.AMOUNT),
    "unexplained_cost_amount": Label("At cost", Kind.AMOUNT),
    "transfer_cost_amount": Label("At cost", Kind.AMOUNT),
    "stock_on": Label("Day", Kind.DATE),
    "count_on": Label("Count on", Kind.DATE),
    "last_counted_on": Label("Last counted", Kind.DATE),
    "last_out_on": Label("Last out", Kind.DATE),
    "shipped_at": Label("Left at, UTC", Kind.INSTANT),
    "acknowledged_at": Label("Took it at, UTC", Kind.INSTANT),
    "published_at": Label("Said at, UTC", Kind.INSTANT),
    "read_at": Label("Read at, UTC", Kind.INSTANT),
    "unit_fill_rate": Label("Unit fill", Kind.RATE, "Units filled in the first pass, over units ordered."),
    "order_fill_rate": Label("Order fill", Kind.RATE, "Orders filled in the first pass, over orders."),
    "perfect_order_rate": Label("Perfect orders", Kind.RATE, "Orders that passed all four tests, over orders due."),
    "service_level_rate": Label("Service level", Kind.RATE),
    "unit_cost_amount": Label("Unit cost", Kind.AMOUNT),
    "on_hand_amount": Label("Stock value", Kind.AMOUNT),
    "line_amount": Label("Value", Kind.AMOUNT),
    "feed_age_minutes": Label("Feed age, min", Kind.NUMBER),
    "max_feed_age_minutes": Label("Allowed age, min", Kind.NUMBER),
    "age_hours": Label("Age, h", Kind.NUMBER, "Hours from the newest export's own time to the as-of instant."),
    "cadence_hours": Label("Cadence, h", Kind.NUMBER),
    "lead_time_days": Label("Lead time, days", Kind.NUMBER),
    "review_days": Label("Ordered every, days", Kind.NUMBER),
    "forecast_per_day_qty": Label("Demand a day", Kind.NUMBER),
    "order_by_date": Label("Order by", Kind.DATE),
    "first_ordered_at": Label("First ordered, UTC", Kind.INSTANT),
    "newest_exported_at": Label("Newest export, UTC", Kind.INSTANT),
    "step": Label("Step", Kind.TEXT, "The step of the explanation that the row stands behind."),
    "evidence_at": Label("Instant, UTC", Kind.INSTANT),
    "updated_at": Label("Last change, UTC", Kind.INSTANT),
    "started_at": Label("Started, UTC", Kind.INSTANT),
    "finished_at": Label("Finished, UTC", Kind.INSTANT),
}  # fmt: skip
"""Every column that a page may show."""
