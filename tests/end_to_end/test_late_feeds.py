"""A demo world with every dirt: fresh numbers equal the truth, late ones are above it no more often than they may be."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.mark.slow
def test_fresh_numbers_equal_the_truth_and_late_ones_keep_to_their_quantile(tmp_path: Path, house) -> None:
    ended = house.tallyhouse(tmp_path, "demo", "--orders", "10000", "--seed", "7", "--dirt", "all", "--late", "--json")
    assert ended.code == 0, ended.err
    assert all(measure["checked"] and not measure["unexplained"] for measure in ended.document["truth"].values())
    over_all_hours = [row for row in ended.document["late_feeds"] if row["hours"] is None]
    assert [row["quantile"] for row in over_all_hours] == [None, 0.9, 0.95, 0.99]
    assert all(row["looked"] > 500 for row in over_all_hours)
    unguarded, *promised = over_all_hours
    assert unguarded["above"] > 0, "if nothing is taken in the meantime, nothing is shown by the test"
    assert all(row["rate"] <= row["allowed_rate"] for row in promised)
