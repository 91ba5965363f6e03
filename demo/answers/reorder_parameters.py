"""Reorder point, order-up-to level and order quantity of one SKU at one purchasing location.

    ROP = d L + z sqrt(L sd^2 + d^2 sL^2)        OUL = d (L+R) + z sqrt((L+R) sd^2 + d^2 sL^2)
    need = OUL - position when position <= ROP and OUL > position, else 0

d and sd are demand per day and the standard deviation of its forecast error, L and sL lead time and its standard deviation,
R the review period, all in days; z the service quantile (no stockout in a cycle).

Choices made here:
- Levels become whole units by ceil(round(x, 6)). Windows are ceil(round(days / 7, 9)) weeks, at least one.
- Safety stock is ROP - d L before rounding, not below 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from demo.answers.forecasting import demand_class, weekly_error_sd, weekly_forecast
from demo.answers.quantiles import empirical_quantile, normal_quantile
from demo.answers.supply import LeadTime


@dataclass(frozen=True, slots=True)
class ReorderLevels:
    """The levels at which and up to which to order, in stock units, before rounding."""

    reorder_point: float
    order_up_to: float
    safety_stock: float


def whole(value: float) -> int:
    """Return the next whole unit up, forgiving float noise below a millionth."""
    return math.ceil(round(value, 6))


def normal_levels(d: float, sd: float, lead: LeadTime, review_days: float, service: float) -> ReorderLevels:
    """Return the levels under normally distributed demand over the protection time; the inputs are per day."""
    z, late = normal_quantile(service), d**2 * lead.sd_days**2
    point_stock = z * math.sqrt(lead.days * sd**2 + late)
    review_stock = z * math.sqrt((lead.days + review_days) * sd**2 + late)
    return ReorderLevels(
        d * lead.days + point_stock, d * (lead.days + review_days) + review_stock, max(0.0, point_stock)
    )  # fmt: skip


def window_weeks(days: float) -> int:
    """Return the whole weeks that cover so many days."""
    return max(1, math.ceil(round(days / 7, 9)))


def window_sums(y: Sequence[int], weeks: int) -> list[int]:
    """Return the demand of every run of consecutive weeks in the history."""
    return [sum(y[start : start + weeks]) for start in range(len(y) - weeks + 1)]


def window_levels(y: Sequence[int], d: float, lead: LeadTime, review_days: float, service: float) -> ReorderLevels:
    """Return the levels as quantiles of demand seen over windows of history."""
    service = round(service, 3)
    point = empirical_quantile(window_sums(y, window_weeks(lead.days)), service)
    level = empirical_quantile(window_sums(y, window_weeks(lead.days + review_days)), service)
    return ReorderLevels(point, max(point, level), max(0.0, point - d * lead.days))


@dataclass(frozen=True, slots=True)
class ReorderParameters:
    """Class, weekly forecast and whole-unit levels of one series."""

    demand_class: str
    weekly_forecast: float
    weekly_error_sd: float
    reorder_point_qty: int
    order_up_to_qty: int
    safety_stock_qty: int


def reorder_parameters(
    y: Sequence[int], lead: LeadTime, *, lifecycle: str, review_days: float, service: float, ses_alpha: float
) -> ReorderParameters:
    """Return how the SKU is to be ordered; nothing ahead of commitments for ending, discontinued and never sold ones."""
    kind = demand_class(y, lifecycle)
    forecast = weekly_forecast(y, kind, ses_alpha)
    error_sd = weekly_error_sd(y, kind, ses_alpha)
    d, sd = forecast / 7, error_sd / math.sqrt(7)
    if kind in ("none", "ending"):
        levels = ReorderLevels(0, 0, 0)
    elif kind in ("intermittent", "lumpy") and len(y) >= window_weeks(lead.days + review_days):
        levels = window_levels(y, d, lead, review_days, service)
    else:
        levels = normal_levels(d, sd, lead, review_days, service)
    point, level, safety = (whole(value) for value in (levels.reorder_point, levels.order_up_to, levels.safety_stock))
    return ReorderParameters(kind, forecast, error_sd, point, level, safety)


def need_qty(position: int, reorder_point: int, order_up_to: int) -> int:
    """Return the units missing up to the level once the position has reached the reorder point; never negative."""
    return order_up_to - position if position <= reorder_point and order_up_to > position else 0


def order_quantity(need: int, moq: int | None = None, multiple: int | None = None) -> int:
    """Return what to order for a need: at least the minimum, in whole multiples, rounded up; nothing for no need."""
    if need <= 0:
        return 0
    step = max(1, multiple or 1)
    return math.ceil(max(need, moq or 0) / step) * step
