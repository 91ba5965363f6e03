"""What to buy, and what is handed over to buyers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tests.dashboards.small_company.rows import NOW, Row


def _recommendation(sku: str, location: str, sellable: int, need: int, order: int, **more: Any) -> Row:
    cost = Decimal("2.5000")
    return {
        "sku_id": sku, "title": sku.replace("FAKE-", "Invented ").title(), "location_id": location,
        "location_name": f"Warehouse {location.title()}", "supplier_id": "S1", "supplier_name": "Invented Pottery",
        "need_qty": need, "order_qty": order, "moq_qty": 24, "order_multiple_qty": 12, "unit_cost_amount": cost,
        "currency": "USD", "line_amount": cost * order, "order_by_date": date(2031, 5, 15), "expected_on": date(2031, 5, 29),
        "on_hand_qty": sellable, "reserved_qty": 2, "committed_qty": 14, "backordered_qty": 0, "on_order_qty": 0,
        "in_transit_qty": 0, "position_qty": sellable - 16, "reorder_point_qty": 40, "order_up_to_qty": 60,
        "safety_stock_qty": 12, "demand_class": "smooth", "forecast_per_day_qty": 2.0, "lead_time_days": 14.0,
        "lead_time_source": "supplier and SKU receipts", "lead_time_receipts_count": 9, "review_days": 7.0,
        "service_level_rate": 0.95, "reasons": "Position is at or below the reorder point.", "urgency": "now",
        "urgency_rank": 2, "as_of_at": NOW, **more,
    }  # fmt: skip


QUEUE: list[Row] = [
    _recommendation("FAKE-MUG", "west", 10, 66, 72, urgency="overdue", urgency_rank=1),
    _recommendation("FAKE-LAMP", "west", 36, 40, 48),
    _recommendation(
        "FAKE-JUG", "west", 30, 46, 46, supplier_id=None, supplier_name=None, unit_cost_amount=None, currency=None,
        line_amount=None, urgency_rank=3,
    ),
    _recommendation("FAKE-BOWL", "west", 90, 0, 0, line_amount=Decimal(0), urgency="covered", urgency_rank=9),
]  # fmt: skip
_PROPOSED = (
    "supplier_id", "sku_id", "location_id", "need_qty", "order_qty", "moq_qty", "order_multiple_qty", "unit_cost_amount",
    "currency", "line_amount", "order_by_date", "expected_on", "reasons", "as_of_at",
)  # fmt: skip
PROPOSALS: list[Row] = [
    {"proposal_id": f"proposal-{row['sku_id']}", "supplier_sku": None, **{name: row[name] for name in _PROPOSED}}
    for row in QUEUE
    if row["order_qty"] and row["supplier_id"]
]
