"""Chart specifications: what is drawn, from which column, with which target."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from dashboards import charts


def layers(chart: Any) -> list[dict[str, Any]]:
    return list(chart.to_dict()["layer"])


def rows(chart: Any, layer: dict[str, Any]) -> list[dict[str, Any]]:
    spec = chart.to_dict()
    name = layer.get("data", spec.get("data", {}))["name"]
    return list(spec["datasets"][name])


RATES = pd.DataFrame({"day": [date(2031, 5, 1), date(2031, 5, 2)], "unit": [0.9, None], "order": [0.8, 0.7]})


def test_a_trend_keeps_a_day_without_a_rate_as_a_gap() -> None:
    chart = charts.rate_trend(RATES, "day", {"unit": "Unit fill", "order": "Order fill"})
    drawn = rows(chart, layers(chart)[0])
    assert [row["rate"] for row in drawn if row["measure"] == "Unit fill"] == [0.9, None]


def test_only_known_targets_are_ruled() -> None:
    chart = charts.rate_trend(RATES, "day", {"unit": "Unit fill", "order": "Order fill"}, {"unit": 0.97, "order": None})
    line, rule = layers(chart)
    assert (line["mark"]["type"], rule["mark"]["type"]) == ("line", "rule")
    assert rows(chart, rule) == [{"measure": "Unit fill", "target": 0.97}]
    assert len(layers(charts.rate_trend(RATES, "day", {"unit": "Unit fill"}))) == 1


def test_bars_show_every_label_and_their_number() -> None:
    frame = pd.DataFrame({"reason": ["a", "b"], "rows_count": [3, 1]})
    chart = charts.ranked_bars(frame, "reason", "rows_count", title="rows", tooltips={"rows_count": "Rows"})
    bars, numbers = layers(chart)
    assert bars["encoding"]["y"]["axis"]["labelOverlap"] is False
    assert bars["encoding"]["y"]["sort"] == "-x"
    assert numbers["encoding"]["text"]["field"] == "rows_count"


def test_a_waterfall_floats_from_start_to_end_in_the_order_of_its_steps() -> None:
    steps = pd.DataFrame(
        {
            "step": ["On hand", "Held", "To sell"],
            "start_qty": [0, 10, 0],
            "end_qty": [10, 8, 8],
            "change_qty": [10, -2, 8],
            "kind": ["total", "taken away", "total"],
        }
    )
    chart = charts.waterfall(steps, rules={"Reorder point": 9})
    bars = layers(chart)[0]
    assert (bars["encoding"]["y"]["field"], bars["encoding"]["y2"]["field"]) == ("start_qty", "end_qty")
    assert bars["encoding"]["x"]["sort"] == ["On hand", "Held", "To sell"]
    assert rows(chart, layers(chart)[2]) == [{"rule": "Reorder point", "level": 9}]


def test_a_feed_that_never_sent_anything_has_no_bar() -> None:
    feeds = pd.DataFrame(
        {
            "account": ["north", "south"],
            "entity": ["orders", "none yet"],
            "status": ["fresh", "silent"],
            "age_hours": [2.0, None],
            "cadence_hours": [48, None],
            "age_of_cadence_rate": [0.04, None],
        }
    )
    chart = charts.feed_ages(feeds)
    assert [row["feed"] for row in rows(chart, layers(chart)[0])] == ["north · orders"]


def test_dates_are_ticked_in_whole_days_weeks_or_months() -> None:
    def interval(days: int) -> str:
        frame = pd.DataFrame({"day": pd.date_range("2031-01-01", periods=days), "unit": 0.5})
        spec = charts.rate_trend(frame, "day", {"unit": "Unit fill"})
        return str(layers(spec)[0]["encoding"]["x"]["axis"]["tickCount"])

    assert [interval(days) for days in (7, 28, 365)] == ["day", "week", "month"]
