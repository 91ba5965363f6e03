"""Files that are either wholly there or not there: write beside, flush, rename."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
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


_FLUSHED_AT_ONCE = 8
"""200 files of 6 KB: one after the other 5.4 ms each, 8 at a time 0.3 ms, 32 at a time 0.5 ms."""
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


def flush_all(paths: Sequence[Path]) -> None:
    """Force the content of files out of the operating system's cache: several at a time, which a disk takes as nearly one."""
    if len(paths) > 1:
        with ThreadPoolExecutor(min(_FLUSHED_AT_ONCE, len(paths))) as threads:
            list(threads.map(flush_to_disk, paths))
    elif paths:
        flush_to_disk(paths[0])


def put_all_in_place(targets: Sequence[Path]) -> None:
    """Rename what was written beside each of the `targets` into place, as `put_in_place` does for one file."""
    flush_all([partial_name(target) for target in targets])
    for target in targets:
        put_in_place(partial_name(target), target, flushed=True)


def put_in_place(source: Path, target: Path, *, flushed: bool = False) -> None:
    """Rename `source`, whose content may be `flushed` already, to `target` on one filesystem, replacing an older `target`.

    Survives power loss once returned, or once the block of `folders_flushed_once` ends; the content always precedes the name.
    """
    folders = _FOLDERS.get()
    if folders is None or target.parent not in folders:
        target.parent.mkdir(parents=True, exist_ok=True)
    if not flushed:
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
