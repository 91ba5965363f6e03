"""Dirt adds damaged copies and repeats; it never takes anything away."""

from __future__ import annotations

from collections import Counter

import pytest

from demo.dirt import SCIENTIFIC, tidy, untidy
from demo.exports.files import Delivery
from demo.exports.tables import Export


@pytest.fixture(scope="module")
def clean(exports: list[Export]) -> list[Delivery]:
    return list(tidy(exports))


@pytest.fixture(scope="module")
def dirty(exports: list[Export]) -> list[Delivery]:
    return list(untidy(exports))


def records(files: list[Delivery], account: str, word: str) -> Counter[bytes]:
    """Count the physical lines of an account's files, duplicates by content left out and headers counted once."""
    contents = {file.content for file in files if file.account == account and word in file.name}
    return Counter(line for content in contents for line in content.splitlines()[1:])


@pytest.mark.parametrize(
    ("account", "word"),
    [
        ("shopify_us", "orders"),
        ("amazon_us", "all_orders"),
        ("web", "orders"),
        ("wms", "shipments"),
        ("threepl", "shipments"),
    ],
)
def test_every_good_row_is_still_there(clean: list[Delivery], dirty: list[Delivery], account: str, word: str) -> None:
    good, found = records(clean, account, word), records(dirty, account, word)
    assert not good - found


def test_damage_is_rare_enough_for_its_file_to_load(clean: list[Delivery], dirty: list[Delivery]) -> None:
    for account in ("shopify_us", "shopify_eu", "amazon_us", "web"):
        added = records(dirty, account, "orders") - records(clean, account, "orders")
        assert 0 < added.total() <= 8
        assert added.total() < 0.05 * records(clean, account, "orders").total()
        assert any(SCIENTIFIC.encode() in line for line in added)


def test_files_come_twice_late_and_in_parts(dirty: list[Delivery]) -> None:
    contents = Counter((file.account, file.content) for file in dirty)
    assert sum(count - 1 for count in contents.values()) == 3
    names = [file.name for file in dirty]
    assert sum(name.startswith("zz_late_") for name in names) == 2
    assert sum("_mailed" in name for name in names) == 4
    assert len(names) == len({(file.account, file.name) for file in dirty})


def test_one_file_is_broken_throughout_and_one_is_none_of_ours(dirty: list[Delivery]) -> None:
    broken = [file for file in dirty if b"#REF!" in file.content]
    assert [(file.account, file.name[:30]) for file in broken] == [("threepl", "stock_snapshots_recalculated_2")]
    assert sum(file.name.startswith("pick_notes") for file in dirty) == 1


def test_without_dirt_no_two_files_are_alike(clean: list[Delivery]) -> None:
    assert len({file.content for file in clean}) == len(clean)
    assert 45 <= len(clean) <= 70
