"""A purchase quantity told as steps. Pure: every number is one the build computed, nothing is worked out here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboards.tiles import NO_VALUE, percent, whole

_PARTS = (
    ("on_hand_qty", "", "sellable"),
    ("reserved_qty", "-", "held"),
    ("committed_qty", "-", "claimed by orders"),
    ("backordered_qty", "-", "waiting for stock"),
    ("on_order_qty", "+", "on order"),
    ("in_transit_qty", "+", "in transit"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the explanation."""

    title: str
    text: str


def explain(row: Mapping[str, Any]) -> list[Step]:
    """Return the steps from demand to quantity of one row of the purchase queue (columns of `queue_rows`)."""
    return [_demand(row), _lead_time(row), _levels(row), _position(row), _need(row), _rounding(row), _order(row)]


def _number(value: object, digits: int = 1) -> str:
    return NO_VALUE if value is None or pd.isna(value) else f"{float(str(value)):,.{digits}f}"  # type: ignore[call-overload]


def _text(value: object, otherwise: str) -> str:
    return value if isinstance(value, str) and value else otherwise


def _demand(row: Mapping[str, Any]) -> Step:
    pattern = _text(row["demand_class"], "unknown")
    return Step(
        "Demand.", f"{_number(row['forecast_per_day_qty'], 2)} units a day are expected; the pattern is {pattern}."
    )


def _lead_time(row: Mapping[str, Any]) -> Step:
    source = _text(row["lead_time_source"], "no source").replace("_", " ")
    seen = f" ({whole(row['lead_time_receipts_count'])} receipts)" if _is_set(row["lead_time_receipts_count"]) else ""
    return Step(
        "Lead time.",
        f"{_number(row['lead_time_days'])} days from order to receipt, from {source}{seen}; "
        f"ordered every {_number(row['review_days'], 0)} days.",
    )


def _levels(row: Mapping[str, Any]) -> Step:
    return Step(
        "Levels.",
        f"Reorder point {whole(row['reorder_point_qty'])}, of which {whole(row['safety_stock_qty'])} are safety stock for a "
        f"service level of {percent(row['service_level_rate'])}; "
        f"an order brings the position up to {whole(row['order_up_to_qty'])}.",
    )


def _position(row: Mapping[str, Any]) -> Step:
    parts = [
        f"{sign} {whole(row[column])} {words}".strip()
        for column, sign, words in _PARTS
        if not sign or _is_set(row[column])
    ]
    return Step("Position.", f"{' '.join(parts)} = **{whole(row['position_qty'])}**.")


def _is_set(value: object) -> bool:
    return value is not None and not pd.isna(value) and float(str(value)) != 0  # type: ignore[call-overload]


def _need(row: Mapping[str, Any]) -> Step:
    if not _is_set(row["need_qty"]):
        return Step(
            "Need.",
            f"The position {whole(row['position_qty'])} is above the reorder point {whole(row['reorder_point_qty'])}: "
            "nothing is needed now.",
        )
    return Step(
        "Need.",
        f"The position {whole(row['position_qty'])} is at or below the reorder point {whole(row['reorder_point_qty'])}: "
        f"**{whole(row['need_qty'])}** units bring it up to {whole(row['order_up_to_qty'])}.",
    )


def _rounding(row: Mapping[str, Any]) -> Step:
    rules = []
    if _is_set(row["moq_qty"]):
        rules.append(f"at least {whole(row['moq_qty'])}")
    if _is_set(row["order_multiple_qty"]):
        rules.append(f"in multiples of {whole(row['order_multiple_qty'])}")
    terms = " and ".join(rules) if rules else "no minimum and no multiple"
    return Step("Rounding.", f"The supplier's terms: {terms}. Order **{whole(row['order_qty'])}**.")


def _order(row: Mapping[str, Any]) -> Step:
    when = (
        "no date: nothing is expected to sell"
        if pd.isna(row["order_by_date"])
        else f"{pd.Timestamp(row['order_by_date']):%Y-%m-%d}"
    )
    if pd.isna(row["unit_cost_amount"]):
        return Step("Order by.", f"{when}. No unit cost is known.")
    currency = _text(row["currency"], "")
    return Step(
        "Order by.",
        f"{when}. {_number(row['unit_cost_amount'], 2)} {currency} each, "
        f"{_number(row['line_amount'], 2)} {currency} for the line.",
    )
