"""The exports are what the declarations of the formats say, and together they tell the last state of every order."""

from __future__ import annotations

import csv
import io
import itertools

import polars as pl
import pytest

from demo.exports import tables
from demo.exports.files import deliveries
from demo.exports.shopify_orders import HEADER
from demo.exports.statement import order_rows, state_at
from demo.exports.tables import Export, split_rows
from demo.outcome import Outcome
from ingestion.contract import Feed, fold_header
from ingestion.systems import system_named

SYSTEM_OF = {
    "shopify_us": "shopify", "shopify_eu": "shopify", "amazon_us": "amazon", "web": "house", "wholesale": "house",
    "wms": "house", "threepl": "house",
}  # fmt: skip
UNDECLARED = {"shopify"}
"""Shopify's own exports have columns nobody needs."""


def feed_of(export: Export) -> Feed:
    return system_named(SYSTEM_OF[export.account]).feed(export.feed)


def text_of(export: Export) -> str:
    return deliveries(export)[0].content.decode(export.encoding)


def of(exports: list[Export], account: str, feed: str) -> list[Export]:
    return [export for export in exports if (export.account, export.feed) == (account, feed)]


def test_headers_are_those_of_the_feeds(exports: list[Export]) -> None:
    for export in exports:
        feed = feed_of(export)
        known = {fold_header(header) for column in feed.columns for header in column.headers}
        header = {fold_header(name) for name in export.frame.columns}
        required = {fold_header(column.headers[0]) for column in feed.required_headers}
        alternatives = {fold_header(c.headers[0]): {fold_header(h) for h in c.headers} for c in feed.required_headers}
        assert all(alternatives[name] & header for name in required), (export.account, export.feed)
        if SYSTEM_OF[export.account] not in UNDECLARED:
            assert header <= known, (export.account, export.feed, header - known)


def test_cells_that_must_be_filled_are_filled_and_allowed(exports: list[Export]) -> None:
    for export in exports:
        for column in feed_of(export).columns:
            header = next((h for h in column.headers if h in export.frame.columns), None)
            if header is None:
                continue
            cells = export.frame[header]
            if not column.nullable:
                assert cells.null_count() == 0, (export.account, export.feed, header)
            if column.allowed:
                assert set(cells.drop_nulls().unique()) <= set(column.allowed), (export.feed, header)


def test_every_row_has_the_width_of_its_header(exports: list[Export]) -> None:
    for export in exports:
        quoting = csv.QUOTE_NONE if export.delimiter == "\t" else csv.QUOTE_MINIMAL
        rows = list(csv.reader(io.StringIO(text_of(export), newline=""), delimiter=export.delimiter, quoting=quoting))
        assert len(rows) == export.frame.height + 1
        assert {len(row) for row in rows} == {len(export.frame.columns)}


def test_shopify_orders_come_in_two_generations_and_two_line_ends(exports: list[Export]) -> None:
    us, eu = of(exports, "shopify_us", "orders"), of(exports, "shopify_eu", "orders")
    assert [len(export.frame.columns) for export in us] == [73, 79, 79, 79]
    assert tuple(us[-1].frame.columns) == HEADER
    assert "\r\n" not in text_of(us[0])
    assert text_of(eu[0]).count("\r\n") == eu[0].frame.height + 1
    assert text_of(us[1]).count("\n") > us[1].frame.height + 1, "notes of several lines"


def test_order_cells_stand_on_the_first_row_only(exports: list[Export]) -> None:
    frame = of(exports, "shopify_us", "orders")[1].frame
    first = frame["Name"] != frame["Name"].shift(1).fill_null("")
    assert frame["Name"].null_count() == 0
    assert frame.filter(~first)["Financial Status"].null_count() == (~first).sum() > 0
    assert frame.filter(first)["Financial Status"].null_count() == 0
    assert frame["Name"].n_unique() == first.sum(), "rows of an order are adjacent"


def test_each_row_carries_the_offset_of_its_own_date(exports: list[Export]) -> None:
    for account, offsets in (("shopify_us", {"-0500", "-0400"}), ("shopify_eu", {"+0100", "+0200"})):
        cells = pl.concat([export.frame["Created at"] for export in of(exports, account, "orders")])
        assert set(cells.drop_nulls().str.slice(-5).unique()) == offsets


@pytest.mark.parametrize(("account", "inclusive"), [("shopify_us", False), ("shopify_eu", True)])
def test_totals_stand_as_the_tax_basis_says(exports: list[Export], account: str, *, inclusive: bool) -> None:
    frame = of(exports, account, "orders")[-1].frame.filter(pl.col("Financial Status").is_not_null())
    money = {name: frame[name].cast(pl.Decimal(18, 2)) for name in ("Subtotal", "Shipping", "Taxes", "Total")}
    total = money["Subtotal"] + money["Shipping"] + (0 if inclusive else money["Taxes"])
    assert (money["Taxes"] > 0).any()
    assert (total.cast(pl.Float64) - money["Total"].cast(pl.Float64)).abs().max() < 0.011


def test_amazon_reports_are_windows_1252_with_accents(exports: list[Export]) -> None:
    content = deliveries(of(exports, "amazon_us", "fba_inventory")[-1])[0].content
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")
    assert "\u2013" in content.decode("cp1252")


def test_two_listings_share_a_pool_and_one_item_has_two_labels(exports: list[Export]) -> None:
    frame = of(exports, "amazon_us", "fba_inventory")[-1].frame
    shared = frame.group_by("fnsku").agg(pl.len(), pl.col("afn-fulfillable-quantity").n_unique().alias("pools"))
    assert shared["len"].max() == 2
    assert shared["pools"].max() == 1
    assert frame.group_by("asin").agg(pl.col("fnsku").n_unique())["fnsku"].max() == 2


def test_the_newest_statement_of_every_order_is_its_last_state(outcome: Outcome, exports: list[Export]) -> None:
    for number, account, key in (
        (0, "shopify_us", "Name"),
        (2, "amazon_us", "amazon-order-id"),
        (3, "web", "order_id"),
    ):
        newest: dict[str, Export] = {}
        for export in of(exports, account, "orders"):
            newest |= dict.fromkeys(export.frame[key].unique().to_list(), export)
        final = state_at(outcome, of(exports, account, "orders")[-1].at)
        whole = order_rows(outcome, final, number, since=0)
        assert set(newest) == set(outcome.order_id[whole.order].tolist())
        for export in of(exports, account, "orders")[:-1]:
            then = state_at(outcome, export.at)
            stale = {name for name, chosen in newest.items() if chosen is export}
            changed = (then.changed_at != final.changed_at) & outcome.exists
            assert not stale & set(outcome.order_id[changed].tolist())


def test_a_cancelled_line_shows_nought_only_after_a_report_showed_its_quantity(exports: list[Export]) -> None:
    reports = of(exports, "amazon_us", "orders")
    best: dict[tuple[str, str], int] = {}
    for export in reports:
        summed = export.frame.group_by("amazon-order-id", "sku").agg(pl.col("quantity").cast(pl.Int64).sum())
        for order, sku, quantity in summed.rows():
            best[order, sku] = max(best.get((order, sku), 0), quantity)
    assert min(best.values()) >= 1
    assert any((export.frame["quantity"] == "0").any() for export in reports)


def test_long_exports_are_split_between_orders(exports: list[Export], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "ROWS_PER_FILE", 100)
    export = of(exports, "shopify_us", "orders")[1]
    pieces = tables.parts(export)
    assert len(pieces) == -(-export.frame.height // 100)
    assert pl.concat(pieces).equals(export.frame)
    names = [set(piece["Name"].to_list()) for piece in pieces]
    assert all(not one & other for one, other in itertools.pairwise(names))
    assert deliveries(export)[0].name.startswith("orders_export_part1_")


def test_splitting_without_groups_keeps_every_row() -> None:
    frame = pl.DataFrame({"n": list(range(7))})
    assert pl.concat(split_rows(frame, None, 3)).equals(frame)


def test_one_export_went_through_a_tool_that_blanks_the_name_too(exports: list[Export]) -> None:
    frame = of(exports, "shopify_eu", "orders")[1].frame
    later = frame.filter(pl.col("Financial Status").is_null())
    assert later.height > 0
    assert later["Name"].null_count() == later["Created at"].null_count() == later.height
    pieces = split_rows(frame, "Name", 4)
    assert all(piece["Name"][0] is not None for piece in pieces)
