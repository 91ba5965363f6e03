"""Frames in, Altair charts out: no SQL and no arithmetic on measures; the numbers arrive as they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import altair as alt
import pandas as pd

PALETTE = {"teal": "#3f8a83", "sand": "#c99a5b", "slate": "#7d8ca3", "brick": "#b9654e", "moss": "#7fa66f"}
"""Mid tones that read on the light and on the dark page."""

TREND_HEIGHT = 280
WATERFALL_HEIGHT = 380
_SHORT_DAYS, _MEDIUM_DAYS = 10, 70
_BAR_STEP, _FEED_STEP = 34, 22
_STEP_COLORS = {"total": PALETTE["teal"], "added": PALETTE["moss"], "taken away": PALETTE["sand"]}
_STATUS_COLORS = {"fresh": PALETTE["teal"], "late": PALETTE["sand"], "silent": PALETTE["brick"]}


def rate_trend(
    frame: pd.DataFrame,
    day: str,
    series: Mapping[str, str],
    targets: Mapping[str, float | None] | None = None,
    *,
    unsettled_since: date | None = None,
) -> alt.LayerChart:
    """Return lines of rates over a local date, and a dashed rule per target; `series` maps column to label.

    A day without a denominator has no rate and stays a gap in its line. Days from `unsettled_since` on are shaded: their
    orders are not decided yet.
    """
    long = frame.melt(id_vars=[day], value_vars=list(series), var_name="column", value_name="rate")
    long["measure"] = long["column"].map(dict(series))
    long[day] = pd.to_datetime(long[day])
    color = alt.Color(
        "measure:N",
        title=None,
        sort=list(series.values()),
        scale=alt.Scale(domain=list(series.values()), range=list(PALETTE.values())[: len(series)]),
        legend=alt.Legend(orient="top", labelLimit=260),
    )
    lines = (
        alt.Chart(long)
        .mark_line(strokeWidth=2, interpolate="monotone", point=alt.OverlayMarkDef(size=14))
        .encode(
            x=alt.X(
                f"{day}:T", title=None, axis=alt.Axis(format="%d %b", grid=False, tickCount=_date_ticks(long[day]))
            ),
            y=alt.Y(
                "rate:Q", title=None, scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(format=".0%", tickCount=5)
            ),
            color=color,
            tooltip=[
                alt.Tooltip(f"{day}:T", title="Date", format="%d %b %Y"),
                alt.Tooltip("measure:N", title="Measure"),
                alt.Tooltip("rate:Q", title="Rate", format=".1%"),
            ],
        )
    )
    known = [{"measure": series[name], "target": value} for name, value in (targets or {}).items() if value is not None]
    layers = [lines]
    if known:
        layers.append(
            alt.Chart(pd.DataFrame(known))
            .mark_rule(strokeDash=[5, 4], opacity=0.75)
            .encode(
                y="target:Q",
                color=color,
                tooltip=[
                    alt.Tooltip("measure:N", title="Target of"),
                    alt.Tooltip("target:Q", title="Target", format=".1%"),
                ],
            )
        )
    if unsettled_since is not None:
        span = pd.DataFrame([{"from": pd.Timestamp(unsettled_since), "to": long[day].max()}])
        shade = alt.Chart(span).mark_rect(opacity=0.12, color=PALETTE["slate"]).encode(x="from:T", x2="to:T")
        layers.append(shade)
    return alt.layer(*layers).properties(height=TREND_HEIGHT)


def _date_ticks(days: pd.Series) -> alt.TimeInterval:
    """Return whole days, weeks or months between ticks, so that no date is written twice."""
    span = (days.max() - days.min()).days
    return alt.TimeInterval("day" if span <= _SHORT_DAYS else "week" if span <= _MEDIUM_DAYS else "month")


def ranked_bars(
    frame: pd.DataFrame,
    label: str,
    amount: str,
    *,
    title: str,
    tooltips: Mapping[str, str],
    formats: Mapping[str, str] | None = None,
    color: str = PALETTE["sand"],
    keep_order: bool = False,
) -> alt.LayerChart:
    """Return horizontal bars, longest first unless `keep_order`, each with its number; `tooltips` maps column to title."""
    order = list(dict.fromkeys(frame[label])) if keep_order else "-x"
    shown = [alt.Tooltip(name, title=text, format=(formats or {}).get(name, ",")) for name, text in tooltips.items()]
    base = alt.Chart(frame).encode(
        y=alt.Y(f"{label}:N", sort=order, title=None, axis=alt.Axis(labelOverlap=False, labelLimit=220, ticks=False)),
        x=alt.X(f"{amount}:Q", title=title, axis=alt.Axis(format="~s", grid=False, tickMinStep=1, tickCount=4)),
        tooltip=[alt.Tooltip(f"{label}:N", title="Name"), *shown],
    )
    bars = base.mark_bar(color=color, cornerRadiusEnd=2, height={"band": 0.62})
    numbers = base.mark_text(align="left", dx=5, color=PALETTE["slate"]).encode(
        text=alt.Text(f"{amount}:Q", format=",")
    )
    return alt.layer(bars, numbers).properties(height=alt.Step(_BAR_STEP))


def waterfall(
    steps: pd.DataFrame, *, rules: Mapping[str, float] | None = None, height: int = WATERFALL_HEIGHT
) -> alt.LayerChart:
    """Return the running steps (step, start_qty, end_qty, change_qty, kind) as floating bars, with labelled rules."""
    order: Sequence[str] = list(steps["step"])
    base = alt.Chart(steps).encode(
        x=alt.X(
            "step:N",
            sort=order,
            title=None,
            axis=alt.Axis(labelAngle=-35, labelOverlap=False, labelLimit=150, ticks=False),
        ),
        tooltip=[
            alt.Tooltip("step:N", title="Step"),
            alt.Tooltip("change_qty:Q", title="Units", format=",.0f"),
            alt.Tooltip("end_qty:Q", title="Left after it", format=",.0f"),
        ],
    )
    bars = base.mark_bar(cornerRadius=2, width={"band": 0.7}).encode(
        y=alt.Y("start_qty:Q", title="Units", axis=alt.Axis(format="~s", tickCount=5)),
        y2="end_qty:Q",
        color=alt.Color(
            "kind:N",
            title=None,
            scale=alt.Scale(domain=list(_STEP_COLORS), range=list(_STEP_COLORS.values())),
            legend=alt.Legend(orient="top"),
        ),
    )
    numbers = (
        base.transform_calculate(top_qty="max(datum.start_qty, datum.end_qty)")
        .mark_text(dy=-7, color=PALETTE["slate"])
        .encode(y=alt.Y("top_qty:Q"), text=alt.Text("change_qty:Q", format=",.0f"))
    )
    layers: list[alt.Chart] = [bars, numbers]
    if rules:
        lines = pd.DataFrame([{"rule": name, "level": value} for name, value in rules.items()])
        rule = alt.Chart(lines).encode(y="level:Q")
        layers.append(rule.mark_rule(strokeDash=[5, 4], color=PALETTE["slate"]))
        # Two levels are often close: one is named at the left edge, the next at the right.
        for position, (x, align, dx) in enumerate(((0, "left", 4), ("width", "right", -4))):
            one = alt.Chart(lines.iloc[position : position + 1]).encode(y="level:Q")
            label = one.mark_text(align=align, dx=dx, dy=-6, color=PALETTE["slate"])
            layers.append(label.encode(x=alt.value(x), text="rule:N"))
    return alt.layer(*layers).properties(height=height)


def feed_ages(frame: pd.DataFrame) -> alt.LayerChart:
    """Return one bar per feed: its age as a multiple of its cadence, with a rule where it becomes late.

    A feed that never sent anything has no age and no bar.
    """
    frame = frame.dropna(subset=["age_of_cadence_rate"]).assign(
        feed=lambda rows: rows["account"] + " · " + rows["entity"]
    )
    bars = (
        alt.Chart(frame)
        .mark_bar(cornerRadiusEnd=2, height={"band": 0.62})
        .encode(
            y=alt.Y("feed:N", sort="-x", title=None, axis=alt.Axis(labelOverlap=False, labelLimit=240, ticks=False)),
            x=alt.X(
                "age_of_cadence_rate:Q",
                title="age as a share of the agreed cadence",
                axis=alt.Axis(format=".0%", tickCount=5),
            ),
            color=alt.Color(
                "status:N",
                title=None,
                scale=alt.Scale(domain=list(_STATUS_COLORS), range=list(_STATUS_COLORS.values())),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=[
                alt.Tooltip("feed:N", title="Feed"),
                alt.Tooltip("age_hours:Q", title="Age, hours", format=",.1f"),
                alt.Tooltip("cadence_hours:Q", title="Cadence, hours", format=",.0f"),
                alt.Tooltip("status:N", title="Status"),
            ],
        )
    )
    rule = (
        alt.Chart(pd.DataFrame([{"limit": 1}])).mark_rule(strokeDash=[5, 4], color=PALETTE["slate"]).encode(x="limit:Q")
    )
    return alt.layer(bars, rule).properties(height=alt.Step(_FEED_STEP))
