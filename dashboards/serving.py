"""Which published file the pages read, resolved anew at every run of a page.

A published file never changes, so one connection per file name is kept and shared; a new build has a new name and gets a new
connection. Nothing here can write.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import streamlit as st

from company.paths import Paths
from warehouse import Serving, current_serving, open_reader

HOME_VARIABLE = "TALLYHOUSE_HOME"
_OPEN_FILES = 2
"""The file being read and the one it replaces; older connections are dropped."""

_open = st.cache_resource(max_entries=_OPEN_FILES, show_spinner=False)(open_reader)


@dataclass(frozen=True, slots=True)
class Published:
    """A published file opened for reading: a cursor of its own for this run of the page."""

    serving: Serving
    connection: duckdb.DuckDBPyConnection


def home_folder() -> Path:
    """Return the company's folder: `--home DIR` after `--`, else the environment, else the current folder."""
    arguments = sys.argv[1:]
    if "--home" in arguments[:-1]:
        return Path(arguments[arguments.index("--home") + 1]).resolve()
    return Path(os.environ.get(HOME_VARIABLE, ".")).resolve()


def open_published(home: Path) -> Published | None:
    """Return the newest published file, opened, or None when nothing has been published in this home.

    Raises `ValueError` for a damaged pointer and the warehouse's own errors for a file that cannot be opened.
    """
    serving = current_serving(Paths(home))
    if serving is None or not serving.file.is_file():
        return None
    return Published(serving, _open(serving.file).cursor())
