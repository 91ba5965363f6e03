"""Each JSON feed's literal file gives exactly the rows written beside it; nothing personal is in any of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingestion.contract import System
from ingestion.json.rows import open_json
from ingestion.pages import ReadOptions
from ingestion.systems.aftership import AFTERSHIP
from ingestion.systems.easypost import EASYPOST
from ingestion.systems.loop import LOOP
from ingestion.systems.shipbob import SHIPBOB
from ingestion.systems.shipstation import SHIPSTATION
from ingestion.systems.shopify_bulk import BULK_FEEDS
from ingestion.systems.walmart import WALMART
from ingestion.systems.woocommerce import WOOCOMMERCE

FIXTURES = Path(__file__).parent.parent / "fixtures"
VENDOR_FILES = Path(__file__).resolve().parents[3] / "shared" / "data" / "real_exports"
BULK = System("shopify", "Shopify", BULK_FEEDS)
JSON_SYSTEMS = (WOOCOMMERCE, WALMART, SHIPSTATION, SHIPBOB, EASYPOST, AFTERSHIP, LOOP, BULK)
FILES = [
    pytest.param(system, path, id=f"{system.name}-{path.stem}")
    for system in JSON_SYSTEMS
    for path in sorted((FIXTURES / "exports" / system.name).glob("*.json*"))
]


def read(system: System, path: Path) -> dict[str, dict[str, list[Any]]]:
    """Return rows (cells that hold something) and rejects by entity."""
    opened = open_json(path, system, ReadOptions())
    found: dict[str, dict[str, list[Any]]] = {}
    for page in opened.pages:
        part = found.setdefault(page.entity, {"rows": []})
        part["rows"] += [{name: cell for name, cell in row.items() if cell} for row in page.rows.to_pylist()]
        if page.rejects.num_rows:
            names = ("source_row", "line_no", "reason_code", "raw_text")
            part.setdefault("rejects", []).extend([row[name] for name in names] for row in page.rejects.to_pylist())
    assert set(found) == set(opened.headers)
    return found


@pytest.mark.parametrize(("system", "path"), FILES)
def test_a_file_gives_exactly_its_rows(system: System, path: Path) -> None:
    expected = json.loads((FIXTURES / "rows" / f"{system.name}_{path.stem}.json").read_text(encoding="utf-8"))
    assert read(system, path) == expected


def test_every_feed_has_a_file_with_rows() -> None:
    shown = {
        (system.name, entity)
        for system in JSON_SYSTEMS
        for path in (FIXTURES / "exports" / system.name).glob("*.json*")
        for entity, part in read(system, path).items()
        if part["rows"]
    }
    assert shown == {(system.name, feed.entity) for system in JSON_SYSTEMS for feed in system.feeds}


@pytest.mark.parametrize(("system", "path"), FILES)
def test_names_streets_and_remarks_reach_nothing(system: System, path: Path) -> None:
    opened = open_json(path, system, ReadOptions())
    for page in opened.pages:
        hashed = [
            header
            for column in system.feed(page.entity).columns
            for header in column.headers
            if column.pseudonym and header in page.rows.column_names
        ]
        text = json.dumps([page.rows.drop_columns(hashed).to_pylist(), page.rejects.to_pylist()]).lower()
        assert not [word for word in ("otto", "nowhere", "unhappy", "ring twice") if word in text]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("woocommerce_orders_v3.json", {"orders": 2, "order_lines": 4, "order_refunds": 2}),
        ("woocommerce_refunds_v3.json", {"refunds": 2, "refund_lines": 1}),
    ],
)
def test_the_vendors_own_example_is_read_whole_and_knows_every_member(name: str, rows: dict[str, int]) -> None:
    path = VENDOR_FILES / name
    if not path.exists():
        pytest.skip(f"{name} is not on this machine")
    pages = list(open_json(path, WOOCOMMERCE, ReadOptions()).pages)
    assert {page.entity: page.rows.num_rows for page in pages} == rows
    assert sum(page.rejects.num_rows for page in pages) == 0
    assert not [text for page in pages for text in page.rows["_undeclared"].to_pylist() if text]
