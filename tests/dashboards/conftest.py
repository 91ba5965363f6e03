"""A home with one published file, and the pages run on it without a browser."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from warehouse import reader

sys.path.insert(0, str(Path(__file__).parent))

from small_company import publish_company  # noqa: E402

APP = Path(__file__).resolve().parents[2] / "dashboards" / "app.py"
PAGE_TIMEOUT = 60


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TALLYHOUSE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def company(home: Path) -> Path:
    publish_company(home)
    return home


@pytest.fixture
def connection(company: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    file = next((company / "data" / "serving").glob("serving_*.duckdb"))
    with reader(file) as opened:
        yield opened


@pytest.fixture
def open_page() -> Callable[..., AppTest]:
    """Return a function that opens a page by its file name, with values for the address."""

    def opened(page: str = "overview", **address: str | list[str]) -> AppTest:
        at = AppTest.from_file(str(APP), default_timeout=PAGE_TIMEOUT)
        for name, value in address.items():
            at.query_params[name] = value
        at.run()
        if page != "overview":
            at.switch_page(f"app_pages/{page}.py").run()
        return at

    return opened
