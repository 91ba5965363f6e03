"""A home small enough to be written by hand, and the command line as a function."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orchestration import cli

TALLYHOUSE_TOML = """
environment = "test"
[company]
name = "Tiny"
[accounts.shop]
system = "shopify"
time_zone = "America/New_York"
[destinations.shop_stock]
kind = "shopify_inventory_csv"
account = "shop"
location = "Main"
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.out)
        return document


Invoke = Callable[..., Ended]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a configuration and nothing else."""
    (tmp_path / "tallyhouse.toml").write_text(TALLYHOUSE_TOML)
    return tmp_path


@pytest.fixture
def invoke(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Invoke:
    """Run a command in this process as the shell would."""

    def run(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["tallyhouse", *map(str, arguments)])
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        captured = capsys.readouterr()
        return Ended(code, captured.out, captured.err)

    return run
