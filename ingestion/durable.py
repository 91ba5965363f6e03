"""Files that are either wholly there or not there: write beside, flush, rename."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

PARTIAL = ".partial"
"""Suffix of a file being written; a leftover of it is rubbish of an interrupted run."""


def partial_name(path: Path) -> Path:
    """Return where the content of `path` is written before it is renamed into place."""
    return path.with_name(path.name + PARTIAL)


def flush_to_disk(path: Path) -> None:
    """Force the content of a file, or the entries of a folder, out of the operating system's cache."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_in_place(source: Path, target: Path) -> None:
    """Rename `source` to `target` on one filesystem, replacing an older `target`; survives power loss once returned."""
    target.parent.mkdir(parents=True, exist_ok=True)
    flush_to_disk(source)
    source.replace(target)
    flush_to_disk(target.parent)


def write_whole(target: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a neighbour of `target`, then rename it into place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = partial_name(target)
    write(beside)
    put_in_place(beside, target)
