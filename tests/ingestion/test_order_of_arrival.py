"""The same files come to the same verdicts and the same facts in every order of arrival, and in however many runs."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from typing import Any

import pytest

from ingestion import ingest

STOCK = "as_of_at,location_id,sku,on_hand_qty\n"
ORDERS = "order_id,order_line,ordered_at,sku,ordered_qty,order_status\n"
SKUS = [f"S{n}" for n in range(60)]
NEW = [f"N{n}" for n in range(60)]
UNHEARD = [f"X{n}" for n in range(60)]


def stock(day: int, skus: Sequence[str]) -> str:
    return STOCK + "".join(f"2026-11-{day:02}T00:00:00Z,L,{sku},{20 + day}\n" for sku in skus)


def orders(day: int, skus: Sequence[str]) -> str:
    return ORDERS + "".join(
        f"O{day}-{sku},1,2026-11-{day:02}T01:00:00Z,{sku},{1 + n % 3},open\n" for n, sku in enumerate(skus)
    )


def products(skus: Sequence[str]) -> str:
    return "sku,title\n" + "".join(f"{sku},Mug {sku}\n" for sku in skus)


FILES = {
    **{f"stock_202611{day:02}T060000Z.csv": stock(day, SKUS) for day in range(1, 5)},
    **{f"orders_202611{day:02}T070000Z.csv": orders(day, SKUS) for day in range(1, 5)},
    "products_20261101T050000Z.csv": products(SKUS),
    "products_20261105T050000Z.csv": products([*SKUS, *NEW]),
    "stock_20261105T060000Z.csv": stock(5, NEW),
    "orders_20261105T070000Z.csv": orders(5, NEW),
    "stock_20261106T060000Z.csv": stock(6, UNHEARD),
    "orders_20261106T070000Z.csv": orders(6, UNHEARD),
    "stock_20261107T060000Z.csv": stock(7, UNHEARD[:30] + SKUS[:30]),
}
HELD = {"stock_20261106T060000Z.csv", "orders_20261106T070000Z.csv", "stock_20261107T060000Z.csv"}
STATED = sorted(FILES, key=lambda name: name[-20:])


def found(company: Any, runs: Sequence[Sequence[str]]) -> tuple[dict[str, str], list[Any]]:
    """Deliver the files, those of a run in the given order, and return the verdicts by file and all profiles."""
    for run in runs:
        for place, name in enumerate(run):
            # neither the name's beginning nor the time of the delivery says what the file is about
            path = company.drop("wms", f"{place:02}_{name}", FILES[name])
            os.utime(path, (1_795_000_000 + place, 1_795_000_000 + place))
        ingest(company.settings, company.paths)
    files = company.rows("select source_file[4:], status from ingest.files")
    return dict(files), company.rows("select entity, sha256, fact, round(value, 6) from ingest.profiles order by all")


@pytest.fixture(scope="module")
def expected(make_module_company: Any) -> Any:
    return found(make_module_company("expected"), [STATED])


@pytest.fixture(scope="module")
def make_module_company(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from tests.ingestion.conftest import company_in

    return lambda name: company_in(tmp_path_factory.mktemp("module") / name)


def test_unheard_of_skus_are_held_and_announced_ones_are_not(expected: Any) -> None:
    verdicts, profiles = expected
    assert {name for name, status in verdicts.items() if status == "held"} == HELD
    rates = [value for entity, _, fact, value in profiles if (entity, fact) == ("stock_snapshots", "unknown_sku_rate")]
    assert sorted(rates, key=lambda rate: -1 if rate is None else rate) == [None, 0.0, 0.0, 0.0, 0.0, 0.5, 1.0]


@pytest.mark.parametrize("seed", range(2))
def test_any_order_of_arrival_in_one_run(make_company: Any, expected: Any, seed: int) -> None:
    order = sorted(FILES)
    random.Random(seed).shuffle(order)
    assert found(make_company(), [order]) == expected


def test_orders_before_the_product_master(make_company: Any, expected: Any) -> None:
    assert found(make_company(), [sorted(FILES, key=lambda name: name.startswith("products"))]) == expected


@pytest.mark.parametrize("cut", [4, 11])
def test_as_many_runs_as_you_like(make_company: Any, expected: Any, cut: int) -> None:
    assert found(make_company(), [STATED[:cut], STATED[cut:]]) == expected
