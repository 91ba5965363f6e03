"""Every reading that differs is kept with its class, whoever looked; what agrees leaves no row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops import DRIFT_COLUMNS, Shadow, push_mirror
from reverse_etl import StockUpdate, read_drift, read_round, resync
from reverse_etl.api import Line
from reverse_etl.differences import Look, classify, difference
from tests.emulators.front import Fault
from tests.reverse_etl.channels import KINDS, MEDUSA, SHOPIFY, WALMART, Shop
from tests.reverse_etl.conftest import stock

# the slice of every change; the other kinds with the campaigns
OFTEN = [kind if kind in (SHOPIFY, WALMART) else pytest.param(kind, marks=pytest.mark.slow) for kind in KINDS]


@pytest.fixture(params=OFTEN, ids=lambda kind: kind.kind)
def shop(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("EMULATED_KEY", request.param.secret)
    found = Shop(tmp_path / "home", request.param)
    with found.front:
        yield found


def kept(shop: Shop) -> list[dict[str, Any]]:
    """The rows that the warehouse gets of them, oldest first."""
    return [dict(zip(DRIFT_COLUMNS, row, strict=True)) for row in push_mirror(shop.world.paths.ops).drift]


def said(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(
        row[name]
        for name in ("read_by", "row_key", "wanted_quantity", "written_quantity", "read_quantity", "drift_class")
    )


def edit(shop: Shop, sku: str, number: int | None) -> None:
    """Somebody else sets the number, or takes the row away."""
    for levels in [shop.shop.items, shop.shop.offers] if hasattr(shop.shop, "items") else [shop.shop.levels]:
        if number is None:
            del levels[sku]
        else:
            levels[sku] = number


def resynced(shop: Shop) -> None:
    with shop.world.connection() as connection:
        resync(shop.world.settings, shop.world.paths, connection, clock=shop.clock)


@given(st.lists(st.integers(0, 6), max_size=6), st.integers(0, 6), st.none() | st.integers(0, 6))
def test_a_class_says_of_any_reading_which_number_it_is(earlier: list[int], written: int, seen: int | None) -> None:
    """The words of the documentation, said in another way."""
    before = [number for number in earlier if number != written]
    expected = (
        None if seen == written
        else "row_gone" if seen is None
        else {True: "lost_write", False: "late_overwrite"}[before.index(seen) == 0] if seen in before
        else {True: "sale_since_write", False: "foreign_edit"}[seen < written]
    )  # fmt: skip
    assert classify(seen, written, before) == expected


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_a_reading_in_doubt_is_compared_with_the_write_and_any_other_with_what_was_known(
    shown: int, sent: int, open_units: int, read: int
) -> None:
    def payload(quantity: int, sellable: int) -> StockUpdate:
        return StockUpdate(listing_id="L", channel_sku="C", sku_id="S", quantity=quantity, sellable_quantity=sellable)

    line = Line("L", payload(sent + open_units, sent), {})
    known = Shadow(1, "h", payload(shown, shown).model_dump_json())
    settling = difference(line, read, Look("settling", "r"), known=known, before=())
    assert (settling is None) == (read == sent + open_units)
    if settling is not None:
        assert (settling.written, settling.unsellable) == (sent + open_units, open_units)
        assert (settling.drift == "lost_write") == (read == shown)
    pushed = difference(line, read, Look("push", "r"), known=known, before=())
    assert (pushed is None) == (read == shown)
    if pushed is not None:
        assert (pushed.wanted, pushed.written, pushed.unsellable) == (sent + open_units, shown, 0)
    assert difference(line, read, Look("push", "r"), known=None, before=(read,)) is None, (
        "nothing was known to differ from"
    )


def test_what_agrees_leaves_no_row(shop: Shop) -> None:
    shop.bring(SKU1=5, SKU2=7)
    shop.bring(SKU1=4, SKU2=7)
    read_drift(shop.world.settings, shop.world.paths, clock=shop.clock)
    read_round(shop.world.settings, shop.world.paths, "shop_api", clock=shop.clock)
    resynced(shop)
    assert kept(shop) == []


def test_reading_by_drift_round_push_and_resync_is_kept_with_what_was_wanted(shop: Shop) -> None:
    shop.bring(SKU1=5, SKU2=7, SKU3=8)
    edit(shop, "SKU-1", 99)
    read_drift(shop.world.settings, shop.world.paths, clock=shop.clock)
    edit(shop, "SKU-1", 98)
    read_round(shop.world.settings, shop.world.paths, "shop_api", clock=shop.clock)
    assert [said(row) for row in kept(shop)] == [
        ("drift", "shop-1", 5, 5, 99, "foreign_edit"),
        ("round", "shop-1", 5, 99, 98, "sale_since_write"),
    ], "the plan wants 5, however often it is read since"
    edit(shop, "SKU-2", 2)
    shop.push(SKU1=5, SKU2=6, SKU3=8)
    edit(shop, "SKU-3", None)
    shop.world.publish([stock("shop", "1", 5), stock("shop", "2", 6)])
    resynced(shop)
    told = {said(row) for row in kept(shop)[2:]}
    assert ("push", "shop-2", 6, 7, 2, "sale_since_write") in told
    assert ("resync", "shop-3", None, 8, None, "row_gone") in told
    runs = {row["read_by"]: row["run_id"] for row in kept(shop)}
    assert runs["push"] is not None
    assert runs["drift"] is runs["round"] is runs["resync"] is None
    assert {(row["sku_id"], row["channel_sku"]) for row in kept(shop) if row["row_key"] == "shop-2"} == {
        ("S2", "SKU-2")
    }


def test_a_write_that_was_lost_is_found_when_it_is_settled(shop: Shop) -> None:
    shop.bring(SKU1=5)
    before = shop.query("select max(rowid) from push_run")
    shop.front.write_faults = [Fault("no", "reset")]
    shop.bring(SKU1=9)
    lost = [said(row) for row in kept(shop)]
    assert lost == [("settling", "shop-1", 9, 9, 5, "lost_write")]
    assert before != shop.query("select max(rowid) from push_run")
    shop.front.write_faults = [Fault("yes", "reset")]
    shop.bring(SKU1=3)
    assert len(kept(shop)) == 1, "what arrived without a word differs from nothing"


@pytest.mark.parametrize("shop", [MEDUSA], ids=lambda kind: kind.kind, indirect=True)
def test_what_was_not_for_sale_at_the_write_is_taken_off_what_is_read(shop: Shop) -> None:
    """7 on hand of which 2 are owed to the channel's own customers; somebody makes it 6: 4 can be bought."""
    row = stock("shop", "1", 5, committed=2)
    shop.configure()

    def push() -> None:
        from reverse_etl import push as push_now

        shop.world.publish([row])
        with shop.world.connection() as connection:
            push_now(shop.world.settings, shop.world.paths, connection, clock=shop.clock)

    push()
    edit(shop, "SKU-1", 6)
    read_drift(shop.world.settings, shop.world.paths, clock=shop.clock)
    (found,) = kept(shop)
    assert (found["written_quantity"], found["read_quantity"], found["unsellable_quantity"]) == (7, 6, 2)
    ((payload,),) = shop.query("select payload_json from channel_shadow")
    assert (json.loads(str(payload))["quantity"], json.loads(str(payload))["sellable_quantity"]) == (6, 4)
    edit(shop, "SKU-1", 1)
    resynced(shop)
    ((payload,),) = shop.query("select payload_json from channel_shadow")
    assert json.loads(str(payload))["sellable_quantity"] == 0


@pytest.mark.parametrize("shop", [SHOPIFY], ids=lambda kind: kind.kind, indirect=True)
def test_the_store_keeps_what_was_found(shop: Shop) -> None:
    shop.bring(SKU1=5)
    edit(shop, "SKU-1", 6)
    read_drift(shop.world.settings, shop.world.paths, clock=shop.clock)
    with pytest.raises(Exception, match="append-only"):
        shop.query("delete from channel_drift")
