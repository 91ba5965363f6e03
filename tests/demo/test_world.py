"""A world is a function of its parameters, and knows what it may overwrite."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import polars as pl
import pytest

from company import Paths, load_settings
from demo import WorldError, generate, known_differences
from demo.truth import KEYS


def fingerprint(home: Path) -> dict[str, str]:
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("world")
    generate(home, orders=1_200, seed=5, dirt="all")
    return home


def test_the_same_parameters_give_the_same_bytes(home: Path, tmp_path: Path) -> None:
    generate(tmp_path, orders=1_200, seed=5, dirt="all")
    assert fingerprint(tmp_path) == fingerprint(home)


def test_another_seed_gives_another_company(home: Path, tmp_path: Path) -> None:
    generate(tmp_path, orders=1_200, seed=6, dirt="all")
    ours, theirs = fingerprint(home), fingerprint(tmp_path)
    assert (
        ours["data/landing/web/orders_20261120T055000Z.csv"] != theirs["data/landing/web/orders_20261120T055000Z.csv"]
    )


def test_a_world_that_is_there_is_left_alone(home: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()}
    summary = generate(home, orders=1_200, seed=5, dirt="all")
    assert not summary.is_new
    assert summary.orders == 1_200
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()} == before


def test_another_world_replaces_it_whole(tmp_path: Path) -> None:
    generate(tmp_path, orders=60, seed=5, dirt="none")
    computed = Paths(tmp_path).warehouse
    computed.parent.mkdir(parents=True)
    computed.write_text("computed from the old world")
    assert generate(tmp_path, orders=60, seed=6, dirt="none").is_new
    assert not computed.exists()


def test_a_half_written_world_is_written_again(tmp_path: Path) -> None:
    generate(tmp_path, orders=60, seed=5, dirt="none")
    whole = fingerprint(tmp_path)
    (tmp_path / "data/demo/world.json").unlink()
    (tmp_path / "data/landing/web/orders_20261120T055000Z.csv").write_text("cut")
    generate(tmp_path, orders=60, seed=5, dirt="none")
    assert fingerprint(tmp_path) == whole


def test_files_of_another_origin_are_not_touched(tmp_path: Path) -> None:
    theirs = Paths(tmp_path).landing / "shop" / "orders.csv"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("real")
    with pytest.raises(WorldError, match="did not write"):
        generate(tmp_path, orders=60)
    assert theirs.read_text() == "real"


def test_settings_and_policies_are_valid(home: Path) -> None:
    settings = load_settings(home)
    assert settings.environment == "demo"
    assert settings.may_push
    assert {name for name, account in settings.accounts.items() if account.sells} == {
        "shopify_us", "shopify_eu", "amazon_us", "web", "wholesale",
    }  # fmt: skip
    for account in settings.accounts:
        assert any((Paths(home).landing / account).iterdir())
    from company import DEFAULT_POLICIES

    for default in DEFAULT_POLICIES.glob("*.csv"):
        own = Paths(home).policy / default.name
        assert own.read_text().splitlines()[0] == default.read_text().splitlines()[0]


def test_world_and_truth_are_described(home: Path) -> None:
    world = json.loads((home / "data/demo/world.json").read_text())
    assert world["as_of"] == "2026-11-20T06:00:00Z"
    assert (world["orders"], world["seed"], world["dirt"]) == (1_200, 5, "all")
    for measure, keys in KEYS.items():
        frame = pl.read_parquet(home / f"data/demo/truth/{measure}.parquet")
        assert frame.height > 0
        assert not frame.select(keys).is_duplicated().any()


def test_count_errors_are_the_only_known_differences(home: Path, tmp_path: Path) -> None:
    found = known_differences(home)
    assert {row.measure for row in found} >= {"ats", "channel_ats"}
    generate(tmp_path, orders=1_200, seed=5, dirt="files")
    assert known_differences(tmp_path) == []
    for measure in ("ats", "channel_ats", "reorder_need"):
        wrong, right = (pl.read_parquet(h / f"data/demo/truth/{measure}.parquet").rows() for h in (home, tmp_path))
        named = {row.key for row in found if row.measure == measure}
        assert {one[:-1] for one, other in zip(wrong, right, strict=True) if one != other} == named
    for measure in ("fill_rate", "perfect_order"):
        name = f"data/demo/truth/{measure}.parquet"
        assert (home / name).read_bytes() == (tmp_path / name).read_bytes()


@pytest.mark.parametrize("orders", [1, 25, 400])
def test_any_size_works(tmp_path: Path, orders: int) -> None:
    summary = generate(tmp_path, orders=orders, seed=3)
    assert summary.orders == orders
    assert orders <= summary.order_lines <= 4 * orders + 5
