"""A home with one published file, and the pages run on it without a browser."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from warehouse import reader

sys.path.insert(0, str(Path(__file__).parent))

from tests.dashboards.small_company import publish_company

APP = Path(__file__).resolve().parents[2] / "dashboards" / "app.py"
PAGE_TIMEOUT = 60


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, with nothing published in it."""
    monkeypatch.setenv("TALLYHOUSE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(autouse=True)
def _closed_files() -> Iterator[None]:
    yield
    # A file that is still open in this process cannot be opened and locked down again.
    st.cache_resource.clear()
    gc.collect()


@pytest.fixture(scope="session")
def published_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published company that tests only read; whoever publishes again uses `home`."""
    folder = tmp_path_factory.mktemp("company")
    publish_company(folder)
    return folder


@pytest.fixture
def company(published_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TALLYHOUSE_HOME", str(published_home))
    return published_home


@pytest.fixture(scope="session")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A published company of its own: the pages keep theirs open."""
    with reader(publish_company(tmp_path_factory.mktemp("queried")).file) as opened:
        yield opened


@pytest.fixture
def open_page() -> Callable[..., AppTest]:
    """Return a function that opens a page by its file name, with values for the address."""

    def opened(page: str = "overview", **address: str | list[str]) -> AppTest:
        at = AppTest.from_file(str(APP), default_timeout=PAGE_TIMEOUT)
        if page != "overview":
            at.switch_page(f"app_pages/{page}.py")
        for name, value in address.items():
            at.query_params[name] = value
        return at.run()

    return opened
