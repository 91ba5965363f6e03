"""The inventory CSV for Shopify's importer, killed at every point: each change is in one file, and the newest numbers are shown.

The other kinds of files are killed in `tests/reverse_etl/test_convergence.py`.
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
from pathlib import Path

import pytest

import company
from ops import open_store
from reverse_etl import Outbox, outbox_drift, push
from tests.push_campaign.exports import BEGUN, Wanted, published
from tests.push_campaign.points import Killed, Points, counting
from tests.push_campaign.trial import OPEN
from tests.reverse_etl.campaign import assert_sound, copy_home, make_home, quick_disk

THEN: Wanted = {1: 3, 2: 14, 3: 0}


@pytest.fixture
def folder():
    disk = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=disk if os.access(disk, os.W_OK) else None) as name, quick_disk():
        yield Path(name)


def pushed(home: Path, wanted: Wanted) -> int:
    settings = company.load_settings(home).model_copy(update={"limits": OPEN})
    return push(settings, company.Paths(home), published(wanted), destinations=["shop_stock"]).sent


def shown(home: Path) -> dict[str, int]:
    """What an importer shows that takes the files in their order."""
    paths = company.Paths(home)
    with open_store(paths.ops) as store:
        names = store.query("select file_name from push_attempt where status = 'confirmed' order by attempt_id")
        assert outbox_drift(store, Outbox(paths.outbox)) == []
    numbers: dict[str, int] = {}
    for (name,) in names:
        text = (paths.outbox / "shop_stock" / name).read_text("utf-8")
        for row in csv.DictReader(io.StringIO(text)):
            numbers[row["SKU"]] = int(row["On hand (new)"])
    return numbers


@pytest.mark.parametrize("following", [THEN, BEGUN, {1: 5, 2: 9, 3: 2}], ids=["the same", "the earlier", "another"])
def test_a_file_is_written_once_wherever_the_push_dies(folder: Path, following: Wanted) -> None:
    template = make_home(folder / "first")
    pushed(template, BEGUN)
    point, died = 0, True
    while died:
        point += 1
        home, died = copy_home(template, folder / str(point)), False
        try:
            with counting(Points(point)):
                pushed(home, THEN)
        except Killed:
            died = True
        assert_sound(home)
        pushed(home, following)
        assert_sound(home)
        assert shown(home) == {f"SKU-{number}": units for number, units in following.items()}
        assert pushed(home, following) == 0
    assert point > 30
