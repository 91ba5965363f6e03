"""A small company on disk, and a gate that only counts, for tests that are not about the gate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from company import Paths, Settings, load_settings
from ingestion import GateReport, IngestOutcome, ingest
from ingestion.gate import GateRequest
from warehouse.connection import writer

COMPANY = """
[company]
name = "Quill and Ledger"

[accounts.shop]
system = "shopify"
time_zone = "America/New_York"

[accounts.shop_eu]
system = "shopify"
time_zone = "Europe/Berlin"

[accounts.amazon]
system = "amazon"
time_zone = "America/Los_Angeles"

[accounts.wms]
system = "house"
time_zone = "Europe/Berlin"

[limits]
max_reject_rate = "0.6"
"""


class OpenGate:
    """Lets every file pass; counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[GateRequest] = []
        self.starts = 0

    def start(self) -> None:
        self.starts += 1

    def judge(self, requests: Sequence[GateRequest]) -> tuple[GateReport, ...]:
        self.asked += requests
        return tuple(GateReport(f"{request.system}__{request.entity}", passed=True) for request in requests)


@dataclass
class Company:
    """A home folder with its settings; `drop` puts a file into an account's landing folder."""

    home: Path
    settings: Settings
    paths: Paths
    gate: OpenGate = field(default_factory=OpenGate)

    def drop(self, account: str, name: str, content: str | bytes) -> Path:
        folder = self.paths.landing / account
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    def ingest(self) -> IngestOutcome:
        return ingest(self.settings, self.paths, gate=self.gate)

    @contextmanager
    def warehouse(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with writer(self.paths.warehouse) as connection:
            yield connection

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.warehouse() as connection:
            return connection.execute(sql, list(values)).fetchall()


@pytest.fixture
def make_company(tmp_path: Path) -> Callable[..., Company]:
    def make(name: str = "home", **limits: int) -> Company:
        return company_in(tmp_path / name, **limits)

    return make


def company_in(home: Path, **limits: int) -> Company:
    """Make a new small company in the folder `home`."""
    home.mkdir()
    (home / "tallyhouse.toml").write_text(
        COMPANY + "".join(f"{key} = {value}\n" for key, value in limits.items()), encoding="utf-8"
    )
    settings = load_settings(home)
    paths = Paths(settings.home)
    paths.create()
    return Company(home, settings, paths)


@pytest.fixture
def company(make_company: Callable[..., Company]) -> Company:
    return make_company()
