"""Large files stay in the lake: what is asked as raw.* is the same whichever way a file's rows are kept."""

from __future__ import annotations

from typing import Any

import pytest

from company import Paths
from ingestion import ledger, rebuild_from_lake
from ingestion.books import ensure_raw_tables
from warehouse.connection import writer

KITS = "kit_sku,component_sku,component_qty\n"
ASKED = "select kit_sku, component_sku, component_qty, _source_row, _exported_at from raw.house__kits order by all"


def kits(count: int, first: int = 0) -> str:
    return KITS + "".join(f"K-{n},C-{n % 3},{n + 1}\n" for n in range(first, first + count))


def delivered(company: Any) -> Any:
    company.drop("wms", "kits_20261101T000000Z.csv", kits(9))
    company.drop("wms", "kits_20261102T000000Z.csv", kits(10))
    company.drop("wms", "kits_20261103T000000Z.csv", kits(11, 100))
    company.ingest()
    return company


@pytest.fixture
def viewed(make_company: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(ledger, "VIEWED_FROM", 10)
    return delivered(make_company("viewed"))


def test_only_files_below_the_bound_are_copied(viewed: Any) -> None:
    assert viewed.rows("select count(*) from raw_rows.house__kits") == [(9,)]
    assert viewed.rows("select row_count from raw_rows.lake_files order by 1") == [(10,), (11,)]


def test_the_same_question_has_the_same_answer_either_way(viewed: Any, make_company: Any) -> None:
    copied_company = make_company("copied")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "VIEWED_FROM", 1000)
        delivered(copied_company)
    assert len(viewed.rows(ASKED)) == 30
    assert viewed.rows(ASKED) == copied_company.rows(ASKED)


def test_a_rebuild_and_a_moved_home_answer_the_same(viewed: Any) -> None:
    before = viewed.rows(ASKED)
    rebuild_from_lake(viewed.settings, viewed.paths)
    assert viewed.rows(ASKED) == before
    moved = viewed.home.rename(viewed.home.with_name("moved"))
    paths = Paths(moved)
    with writer(paths.warehouse) as connection:
        ensure_raw_tables(connection, paths.lake)
        assert connection.execute(ASKED).fetchall() == before


def test_a_later_delivery_of_the_same_content_moves_the_instant_of_viewed_rows(viewed: Any) -> None:
    viewed.drop("wms", "kits_20261109T000000Z.csv", kits(11, 100))
    viewed.ingest()
    found = viewed.rows(
        "select count(*), max(cast(_exported_at as varchar)) from raw.house__kits where kit_sku like 'K-1__'"
    )
    assert found == [(11, "2026-11-09 00:00:00")]
