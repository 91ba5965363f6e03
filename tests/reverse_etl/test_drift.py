"""Reading back on purpose: each difference has a class, is believed, and is repaired by the next push."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reverse_etl import read_drift
from reverse_etl.differences import classify
from tests.emulators.front import Fault
from tests.reverse_etl.channels import KINDS, Shop


@pytest.fixture(params=KINDS, ids=lambda kind: kind.kind)
def shop(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("EMULATED_KEY", request.param.secret)
    found = Shop(tmp_path / "home", request.param)
    with found.front:
        yield found


@pytest.mark.parametrize(
    ("seen", "written", "earlier", "expected"),
    [
        (5, 5, [9], None),
        (None, 5, [9], "row_gone"),
        (9, 5, [9, 7], "lost_write"),
        (7, 5, [9, 7], "late_overwrite"),
        (3, 5, [9, 7], "sale_since_write"),
        (0, 5, [], "sale_since_write"),
        (6, 5, [9, 7], "foreign_edit"),
    ],
)
def test_classes(seen: int | None, written: int, earlier: list[int], expected: str | None) -> None:
    assert classify(seen, written, earlier) == expected


def test_a_sale_is_seen_believed_and_brought_back_to_what_is_wanted(shop: Shop) -> None:
    shop.bring(SKU1=5, SKU2=7)
    shop.shop.sell("SKU-1", 2)
    (reading,) = read_drift(shop.world.settings, shop.world.paths, clock=shop.clock)
    if not shop.kind.lowers_with_sales:
        assert reading.drifts == ()
        return
    assert [(d.row_key, d.written, d.seen, d.drift) for d in reading.drifts] == [("shop-1", 5, 3, "sale_since_write")]
    assert (reading.rows, reading.problem) == (2, None)
    (again,) = read_drift(shop.world.settings, shop.world.paths, clock=shop.clock)
    assert again.drifts == ()
    assert shop.push(SKU1=5, SKU2=7).unchanged == 1
    assert shop.bring(SKU1=5, SKU2=7) == 2
    assert shop.shop.levels["SKU-1"] == 5


def test_a_shop_that_cannot_be_read_has_a_problem_and_no_drift(shop: Shop) -> None:
    shop.bring(SKU1=5)
    shop.front.read_faults = [Fault("no", "reset")] * 10
    (reading,) = read_drift(shop.world.settings, shop.world.paths, clock=shop.clock)
    assert reading.drifts == ()
    assert "RemoteProtocolError" in str(reading.problem) or "ReadError" in str(reading.problem)
