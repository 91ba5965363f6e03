"""What was ordered, filled and delivered without a fault, and what each measure means."""

from __future__ import annotations

from datetime import date

from tests.dashboards.small_company.rows import rows

FILL = rows(
    "order_date channel_account units_ordered_qty units_filled_qty lines_ordered_count lines_filled_count"
    " orders_count orders_filled_count immature_orders_count",
    (date(2031, 5, 14), "shop_north", 100, 90, 50, 42, 40, 34, 2),
    (date(2031, 5, 13), "shop_south", 20, 20, 10, 10, 10, 10, 0),
    (date(2031, 5, 12), "shop_north", 30, 15, 20, 8, 10, 4, 1),
    (date(2031, 4, 10), "shop_north", 100, 80, 40, 30, 20, 15, 0),
)
PERFECT = rows(
    "commit_date channel_account orders_due_count perfect_count in_full_count on_time_count undamaged_count"
    " documented_count unjudged_count",
    (date(2031, 5, 10), "shop_north", 20, 12, 16, 15, 18, 19, 2),
    (date(2031, 5, 11), "shop_south", 5, 5, 5, 5, 5, 5, 0),
    (date(2031, 4, 5), "shop_north", 10, 9, 10, 9, 10, 10, 0),
)

TARGETS = {
    "unit_fill_rate": 0.97, "line_fill_rate": None, "order_fill_rate": 0.95, "perfect_order_rate": 0.9, "in_full_rate": None,
    "on_time_rate": None, "undamaged_rate": None, "documented_rate": None, "stockout_rate": None, "ats_qty": None,
    "open_proposals_amount": None,
}  # fmt: skip
METRICS = rows(
    "metric label definition formula grain unit direction target_rate owner source_model",
    *(
        (
            name,
            name.replace("_", " "),
            f"What {name} means.",
            "a / b",
            "a day",
            "rate",
            "higher",
            target,
            "operations",
            "rpt_x",
        )
        for name, target in TARGETS.items()
    ),
)
