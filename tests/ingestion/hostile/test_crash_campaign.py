"""Killed before any step of claim, decode, load or archive and run again, a landing folder ends as if nothing had happened.

The folder has a large file, small ones, refused rows, held files, contents delivered twice, a file of many feeds and an account
that archives. Nothing may be lost, nothing may be there twice: raw tables, books, lake, archive and quarantine are those of a run
that was not killed.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from company import REPOSITORY, Paths, Settings, load_settings
from ingestion import ingest, rebuild_from_lake
from warehouse.connection import writer

from .crashing_run import OpenGate

SEED = 20261120
SLICE = 4
FIXTURES = REPOSITORY / "tests" / "fixtures" / "exports"
COMPANY = """
[company]
name = "Quill and Ledger"

[accounts.wms]
system = "house"
time_zone = "Europe/Berlin"

[accounts.woo]
system = "woocommerce"
time_zone = "UTC"

[accounts.shop]
system = "shopify"
time_zone = "America/New_York"
landing = { archive = "loaded" }

[limits]
max_reject_rate = "0.6"
"""
KITS = "kit_sku,component_sku,component_qty\n"
SMALL = KITS + "K,A,1\nK,B,2\n"
STOCK = (FIXTURES / "shopify" / "inventory_19_columns.csv").read_bytes()
FILES: dict[tuple[str, str], bytes] = {
    ("wms", "1 large.csv"): (KITS + "".join(f"K{n},C,{n}\n" for n in range(30_000))).encode(),
    ("wms", "2 small.csv"): SMALL.encode(),
    ("wms", "3 refused.csv"): (KITS + "K,C,x\nK,D,2\nK,\x00,3\nK,E,4\n").encode(),
    ("wms", "4 none of ours.csv"): b"bin,picker\nA,B\n",
    ("wms", "5 empty.csv"): b"",
    ("wms", "6 small again.csv"): SMALL.encode(),
    ("woo", "orders.json"): (FIXTURES / "woocommerce" / "orders.json").read_bytes(),
    ("shop", "orders.csv"): (FIXTURES / "shopify" / "orders_79_columns_crlf.csv").read_bytes(),
    ("shop", "stock_20261101T060000Z.csv"): STOCK,
    ("shop", "stock_20261103T060000Z.csv"): STOCK,
    ("shop", "unknown.csv"): b"a,b\n1,2\n",
}
VOLATILE = {"claimed_at", "finished_at", "seen_at", "quarantined_at", "_loaded_at", "changed_ns", "inode", "path"}


@pytest.fixture(autouse=True)
def one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """All homes of a campaign hash people alike, or their tables could not be compared."""
    monkeypatch.setenv("TALLYHOUSE_PSEUDONYM_KEY", "v1:a-key-that-only-this-campaign-knows")


@dataclass
class House:
    home: Path
    settings: Settings
    paths: Paths

    @classmethod
    def delivered(cls, home: Path) -> House:
        home.mkdir()
        (home / "tallyhouse.toml").write_text(COMPANY, encoding="utf-8")
        house = cls(home, load_settings(home), Paths(home))
        house.paths.create()
        for at, ((account, name), content) in enumerate(FILES.items()):
            path = house.paths.landing / account / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
            os.utime(path, (1_790_000_000 + at, 1_790_000_000 + at))
        return house

    def run(self) -> None:
        ingest(self.settings, self.paths, gate=OpenGate())

    def state(self) -> dict[str, Any]:
        """All tables but for instants and what the disk gives, and the names of all files but the journal of deliveries."""
        found: dict[str, Any] = self.tables()
        for name, folder in (
            ("landing", self.paths.landing),
            ("held", self.paths.quarantine),
            ("lake", self.paths.lake),
        ):
            files = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
            found[name] = sorted(file for file in files if ".arrival-" not in file)
        found["deliveries"] = len(list(self.paths.lake.rglob("*.arrival-*")))
        found["staging"] = sorted(path.name for path in self.paths.staging.iterdir())
        return found

    def tables(self) -> dict[str, Any]:
        with writer(self.paths.warehouse) as connection:
            columns = connection.execute(
                "select schema_name || '.' || table_name, column_name from duckdb_columns()"
                " where schema_name in ('raw', 'ingest', 'quarantine') order by column_index"
            ).fetchall()
            kept: dict[str, list[str]] = {}
            for table, column in columns:
                if column not in VOLATILE:
                    # a mean is a sum of doubles, whose last digit is a matter of order
                    kept.setdefault(table, []).append(
                        'round("value", 6)' if table == "ingest.profiles" and column == "value" else f'"{column}"'
                    )
            asked = {name: f"select {', '.join(kept[name])} from {name} order by all" for name in kept}
            found = {name: connection.execute(sql).fetchall() for name, sql in asked.items()}
            return {name: rows for name, rows in found.items() if rows}


def crashed(home: Path, step: int) -> subprocess.CompletedProcess[str]:
    program = Path(__file__).with_name("crashing_run.py")
    return subprocess.run(
        [sys.executable, str(program), str(home), str(step)], cwd=REPOSITORY, capture_output=True, text=True, timeout=180,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)}, check=False,
    )  # fmt: skip


@dataclass
class Campaign:
    """Kills before the given steps, one home each, and says what became of them."""

    folder: Path
    expected: dict[str, Any]
    kinds: Counter[str]

    @classmethod
    def begun(cls, folder: Path) -> Campaign:
        whole = House.delivered(folder / "whole")
        counted = crashed(whole.home, 0)
        assert counted.returncode == 0, counted.stderr
        return cls(folder, whole.state(), Counter(json.loads(counted.stdout)))

    @property
    def steps(self) -> int:
        return self.kinds.total()

    def kill_before(self, step: int, *, rebuild: bool) -> None:
        house = House.delivered(self.folder / f"killed_{step}")
        killed = crashed(house.home, step)
        assert killed.returncode == -9, (step, killed.returncode, killed.stderr[-500:])
        house.run()
        assert house.state() == self.expected, f"killed before step {step} of {self.steps}"
        if rebuild:
            house.run()
            assert house.state() == self.expected, f"killed before step {step} of {self.steps}, run once too often"
            rebuild_from_lake(house.settings, house.paths)
            assert house.tables() == {name: rows for name, rows in self.expected.items() if "." in name}, step
        shutil.rmtree(house.home)


def test_the_folder_is_what_it_is_meant_to_be(tmp_path: Path) -> None:
    found = Campaign.begun(tmp_path)
    files = found.expected["ingest.files"]
    assert len(found.expected["raw.house__kits"]) == 30_004
    assert sorted({(row[0], row[2]) for row in files if "loaded" in row}) == [
        ("shop", "inventory"), ("shop", "orders"), ("wms", "kits"),
        ("woo", "order_lines"), ("woo", "order_refunds"), ("woo", "orders"),
    ]  # fmt: skip
    assert len([row for row in files if "held" in row]) == 3
    assert len(found.expected["quarantine.rows"]) == 2
    assert [name for name in found.expected["landing"] if "loaded/" in name] == [
        f"shop/loaded/{name}" for account, name in sorted(FILES) if account == "shop"
    ]
    assert found.steps > 300
    assert {"fsync", "replace", "sendfile", "warehouse commit"} <= set(found.kinds)
    assert not found.expected["staging"]


def test_killed_before_some_steps(tmp_path: Path) -> None:
    campaign = Campaign.begun(tmp_path)
    chosen = sorted(random.Random(SEED).sample(range(1, campaign.steps), SLICE))
    print(f"seed {SEED}, steps {chosen} of {campaign.steps}")
    for number, step in enumerate(chosen):
        campaign.kill_before(step, rebuild=number == 0)


@pytest.mark.slow
@pytest.mark.timeout(4 * 3600)
def test_killed_before_every_step(tmp_path: Path) -> None:
    campaign = Campaign.begun(tmp_path)
    for step in range(1, campaign.steps + 1):
        campaign.kill_before(step, rebuild=step % 10 == 0)
    print(f"{campaign.steps} steps, killed before each: 0 lost, 0 twice; {dict(campaign.kinds)}")
