"""Downloads carry what made them; a selection's key changes with the rows; text never becomes a formula."""

from __future__ import annotations

import ast
from pathlib import Path

import pandas as pd
import pytest

import dashboards
from dashboards.labels import LABELS
from dashboards.quantity_steps import explain
from dashboards.queries import Filters
from dashboards.tables import column_config, csv_with_preamble, describe_filters, row_fingerprint
from dashboards.tiles import counted, money, percent, rate_change, whole
from tests.dashboards.small_company import TABLES
from tests.dashboards.small_company.rows import AS_OF


def test_a_download_names_build_instant_and_filters() -> None:
    frame = pd.DataFrame({"sku_id": ["FAKE-MUG"], "title": ["=HYPERLINK(1)"], "order_qty": [-5]})
    text = csv_with_preamble(
        frame, title="Invented", build_id="b1", as_of=AS_OF, filters="search 'x'\ninjected"
    ).decode()
    assert text.splitlines() == [
        "# Invented",
        "# build b1",
        "# as of 2031-05-15 06:00 UTC",
        "# filters: search 'x' injected",
        "sku_id,title,order_qty",
        "FAKE-MUG,'=HYPERLINK(1),-5",
    ]


def test_filters_are_described_in_words() -> None:
    filters = Filters(until=AS_OF.date(), channels=("a", "b"), search=" mug ")
    assert describe_filters(filters, has_period=True) == "2031-04-18 to 2031-05-15; channels a, b; search 'mug'"
    assert describe_filters(Filters(until=AS_OF.date()), has_period=False) == "none"


def test_the_fingerprint_changes_with_build_rows_and_order() -> None:
    rows = pd.DataFrame({"sku_id": ["a", "b"], "location_id": ["x", "x"]})
    keys = ("sku_id", "location_id")
    base = row_fingerprint("b1", rows, keys)
    assert base == row_fingerprint("b1", rows.copy(), keys)
    assert base != row_fingerprint("b2", rows, keys)
    assert base != row_fingerprint("b1", rows.iloc[::-1], keys)
    assert base != row_fingerprint("b1", rows.head(1), keys)


def test_a_column_without_a_label_is_refused() -> None:
    with pytest.raises(KeyError):
        column_config(["no_such_column"], {})


@pytest.mark.parametrize(
    ("current", "prior", "shown"),
    [
        (0.9504, 0.9500, ("no change", "off", False)),
        (0.956, 0.950, ("+0.6 pp", "off", True)),
        (0.970, 0.950, ("+2.0 pp", "normal", True)),
        (0.90, None, (None, "off", False)),
    ],
)
def test_only_a_meaningful_change_is_coloured(
    current: float, prior: float | None, shown: tuple[str | None, str, bool]
) -> None:
    assert rate_change(current, prior) == shown


def test_numbers_are_written_for_people() -> None:
    assert (percent(0.8333), percent(None)) == ("83.3%", "—")
    assert (whole(1234.6), whole(float("nan"))) == ("1,235", "—")
    assert [money(value) for value in (950, 12_345, 2_500_000)] == ["950", "12.3k", "2.5m"]
    assert (counted(1, "row"), counted(2, "row")) == ("1 row", "2 rows")


def test_a_quantity_without_cost_or_date_is_still_explained() -> None:
    row = dict(TABLES["reports.rpt_reorder_queue"][2], order_by_date=None, lead_time_source=None, moq_qty=None)
    texts = {step.title: step.text for step in explain(row)}
    assert texts["Order by."].endswith("No unit cost is known.")
    assert texts["Rounding."].startswith("The supplier's terms: in multiples of 12")


def test_sql_lives_in_queries_only_and_names_public_tables_only() -> None:
    folder = Path(dashboards.__file__).parent
    for file in folder.rglob("*.py"):
        texts = [
            node.value
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        sql = [
            text
            for text in texts
            if "select " in text and " from " in text and text.lstrip().startswith(("select", "with"))
        ]
        if file.parent.name != "queries":
            assert not sql, file.name
        for text in sql:
            for forbidden in ("staging.", "intermediate.", "raw.", "int_", "stg_"):
                assert forbidden not in text, (file.name, forbidden)


def test_every_label_says_something() -> None:
    assert all(label.heading for label in LABELS.values())
