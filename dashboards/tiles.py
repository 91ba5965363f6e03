"""Metric tiles: one number each, with its definition on hover, its change, and the filters it obeys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboards.queries import Metric

NO_VALUE = "—"
MEANINGFUL_CHANGE_RATE = 0.01
"""A change of a rate below one percentage point stays grey: it is noise more often than news."""

_TILES_A_ROW = 6
_TILE_WIDTH = 165
"""Six tiles make one row on a laptop, two rows of three on a tablet, one column on a phone."""

_ROUNDED_ZERO = 0.0005
"""Half of the last digit shown (0.1 percentage points)."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile. `scope` says on hover which filters it obeys; `change` and the short `beside` stand under the number."""

    label: str
    value: str
    help: str
    scope: str
    change: str | None = None
    change_color: str = "off"
    has_arrow: bool = False
    trend: tuple[float, ...] = ()
    beside: str = ""


def percent(value: object) -> str:
    """Return a rate 0..1 as text with one decimal, or a dash when there is none."""
    return NO_VALUE if _missing(value) else f"{float(str(value)):.1%}"


def whole(value: object) -> str:
    """Return a count or a quantity with thousands separators, or a dash when there is none."""
    return NO_VALUE if _missing(value) else f"{round(float(str(value))):,}"


def counted(value: object, noun: str) -> str:
    """Return a count with its noun, in the plural unless it is one."""
    return f"{whole(value)} {noun}" if whole(value) == "1" else f"{whole(value)} {noun}s"


def money(value: object) -> str:
    """Return an amount short enough for a tile; its currency stands in the label."""
    if _missing(value):
        return NO_VALUE
    amount = float(str(value))
    for limit, divisor, suffix in ((1e9, 1e9, "bn"), (1e6, 1e6, "m"), (1e4, 1e3, "k")):
        if abs(amount) >= limit:
            return f"{amount / divisor:,.1f}{suffix}"
    return f"{amount:,.0f}"


def _missing(value: object) -> bool:
    return value is None or bool(pd.isna(value))  # type: ignore[call-overload]


def definition(catalogue: Mapping[str, Metric], metric: str, numerator: str = "", denominator: str = "") -> str:
    """Return the hover text of a metric: its meaning, the two numbers behind it now, its target, owner and source."""
    known = catalogue.get(metric)
    parts = []
    if known is None:
        parts.append(f"The metric catalogue has no entry `{metric}`.")
    else:
        parts.append(f"{known.definition}\n\n**Formula:** {known.formula}")
    if denominator:
        parts.append(f"**Now:** {numerator} of {denominator}")
    if known is not None:
        target = f"**Target:** {known.target_rate:.1%} · " if known.target_rate is not None else ""
        parts.append(f"{target}**Owner:** {known.owner} · **Source:** `{known.source_model}`")
    return "\n\n".join(parts)


def rate_change(current: object, prior: object, *, lower_is_better: bool = False) -> tuple[str | None, str, bool]:
    """Return text, colour and arrow of a rate's change; grey below `MEANINGFUL_CHANGE_RATE`, None without a prior value."""
    if _missing(current) or _missing(prior):
        return None, "off", False
    difference = float(str(current)) - float(str(prior))
    if abs(difference) < _ROUNDED_ZERO:
        return "no change", "off", False
    color = "off"
    if abs(difference) >= MEANINGFUL_CHANGE_RATE:
        color = "inverse" if lower_is_better else "normal"
    return f"{difference * 100:+.1f} pp", color, True


def rate_tile(
    catalogue: Mapping[str, Metric],
    metric: str,
    label: str,
    totals: pd.DataFrame,
    columns: tuple[str, str, str],
    *,
    scope: str,
    compared: str | None = None,
    trend: Sequence[float] | pd.Series = (),
) -> Tile:
    """Return the tile of a rate from a two-row (`current`, `prior`) totals frame; columns are rate, numerator, denominator.

    `compared` is the column whose change is shown when the rate itself is not comparable with the prior period.
    """
    rate, numerator, denominator = columns
    current, prior = totals.iloc[0], totals.iloc[1]
    change, color, has_arrow = rate_change(current[compared or rate], prior[compared or rate])
    known = catalogue.get(metric)
    beside = ""
    if known is not None and known.target_rate is not None:
        beside = f"target {known.target_rate:.0%}"
    help_text = definition(catalogue, metric, whole(current[numerator]), whole(current[denominator]))
    points = tuple(float(point) for point in trend if not pd.isna(point))
    return Tile(label, percent(current[rate]), help_text, scope, change, color, has_arrow, points, beside)


def draw_tiles(tiles: Iterable[Tile]) -> None:
    """Draw one row of bordered tiles; it wraps where the window is narrow."""
    with st.grid(_TILES_A_ROW, min_column_width=_TILE_WIDTH, gap="xsmall"):
        for tile in tiles:
            has_trend = len(tile.trend) > 1
            st.metric(
                tile.label,
                tile.value,
                tile.change,
                delta_color=tile.change_color,
                delta_arrow="auto" if tile.has_arrow else "off",
                delta_description=tile.beside or None,
                help=f"{tile.help}\n\n**Filters that apply:** {tile.scope}",
                border=True,
                height="stretch",
                chart_data=list(tile.trend) if has_trend else None,
                chart_type="line",
            )
