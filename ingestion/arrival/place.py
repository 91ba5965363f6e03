"""What every kind of landing place gives: its files with their facts, their bytes, and a way to put one aside."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Protocol

from ingestion.stage import NotStagedError, Sighting

SMALL_BYTES = 4 * 1024 * 1024
"""More than any manifest needs; a larger one is refused."""


class PlaceError(NotStagedError):
    """A place cannot be reached or read; the message names no secret and says what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a place. `problem` says why it can never be a file to load; the numbers change when its content may have.

    `version` is the place's own mark of the content (an entity tag), or empty.
    """

    name: str
    size_bytes: int
    modified_ns: int
    changed_ns: int = 0
    inode: int = 0
    version: str = ""
    problem: str = ""


class Place(Protocol):
    """One account's landing place. Everything that reaches out raises `PlaceError`, within a bounded time."""

    account: str
    url: str
    """As the settings say it; holds no secret."""
    is_local: bool
    """Whether its clock is this machine's."""

    def entries(self) -> Iterator[Entry]:
        """Yield all that lies directly in it, in name order."""

    def content(self, name: str) -> bytes:
        """Return a small file whole."""

    def chunks(self, sighting: Sighting) -> Iterator[bytes]:
        """Yield a file from its beginning; raises `ChangedWhileReadError` when it is not, or no longer, what was sighted."""

    def put_aside(self, sighting: Sighting, sha256: str) -> str:
        """Move the file, if it still is what was sighted, into the archive and return where; an archived file stays as it is."""

    def close(self) -> None:
        """Give back what it holds; a later use opens it again."""


def path_of(place: Place, name: str) -> Path:
    """Return the path a sighting carries: of a file on this machine the real one, else only its name."""
    folder = getattr(place, "folder", None)
    return folder / name if isinstance(folder, Path) else Path(name)


def remote_inode(url: str, version: str) -> int:
    """Return 63 bits that tell places and versions of one name apart, where a file of this machine has its inode."""
    return int.from_bytes(hashlib.sha256(f"{url}\n{version}".encode()).digest()[:8], "big") >> 1


def remote_problem(name: str) -> str:
    """Return why a name from a server is refused, or nothing: a name must not be able to become a path."""
    if name in ("", ".", "..") or any(mark in name for mark in ("/", "\\", "\0")):
        return "its name is no plain file name"
    try:
        name.encode()
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    return ""


def archive_names(name: str, sha256: str) -> Iterator[str]:
    """Yield the names to try in an archive: the file's own, then with its content's hash, then numbered."""
    plain = PurePosixPath(name)
    yield name
    yield f"{plain.stem}.{sha256[:16]}{plain.suffix}"
    for number in count(2):
        yield f"{plain.stem}.{sha256[:16]}.{number}{plain.suffix}"
