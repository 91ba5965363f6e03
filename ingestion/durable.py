"""Files that are either wholly there or not there: write beside, flush, rename."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
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


_FOLDERS: ContextVar[set[Path] | None] = ContextVar("folders", default=None)


@contextmanager
def folders_flushed_once() -> Iterator[None]:
    """Let the renames of this block survive power loss only once it ends: each folder is flushed then, once for all its files."""
    folders: set[Path] = set()
    token = _FOLDERS.set(folders)
    try:
        yield
    finally:
        _FOLDERS.reset(token)
    for folder in sorted(folders):
        flush_to_disk(folder)


def put_in_place(source: Path, target: Path) -> None:
    """Rename `source` to `target` on one filesystem, replacing an older `target`.

    Survives power loss once returned, or once the block of `folders_flushed_once` ends; the content always precedes the name.
    """
    folders = _FOLDERS.get()
    if folders is None or target.parent not in folders:
        target.parent.mkdir(parents=True, exist_ok=True)
    flush_to_disk(source)
    source.replace(target)
    if folders is None:
        flush_to_disk(target.parent)
    else:
        folders.add(target.parent)


def write_whole(target: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a neighbour of `target`, then rename it into place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = partial_name(target)
    write(beside)
    put_in_place(beside, target)
