"""Files as they arrived, by default in `data/landing/<account>/`, to private copies in `data/staging/<sha256>`.

A copy is named by the hash of its bytes, so no file name ever reaches the reader. Links (symbolic or hard), pipes, folders
and oversized files are refused without being opened; half-written ones (by suffix, by age, by changing while read) wait.
Places that settings name, on this machine or a server, are in `ingestion/arrival`.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from ingestion.durable import PARTIAL, partial_name

UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".download", ".done", ".sha256", "~")
"""Endings of files that are still being written, or that only mark another file."""

_STAMP = re.compile(r"(\d{8}T\d{6}Z)")
_CHUNK = 4 * 1024 * 1024


class Source(Protocol):
    """A place that can hand out the bytes of a file it has shown."""

    def chunks(self, sighting: Sighting) -> Iterator[bytes]:
        """Yield the file from its beginning; raises `NotStagedError` when it is not what was sighted, or cannot be had."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One regular file as found; the four numbers change whenever its content may have.

    `source` hands it out when settings name its place; on a server `path` is only its name. `declared_sha256` is what a
    manifest says its content is, in lower case hex, or empty. `stated_at` is what the ledger knows of the instant that a file
    which is read again speaks of.
    """

    account: str
    path: Path
    source_file: str
    size_bytes: int
    modified_ns: int
    changed_ns: int
    inode: int
    source: Source | None = field(default=None, compare=False, repr=False)
    declared_sha256: str = ""
    stated_at: datetime | None = None

    @property
    def exported_at(self) -> datetime:
        """The instant the export speaks of, whole seconds UTC."""
        return self.stated_at or exported_at(self.source_file, self.modified_ns)

    @property
    def identity(self) -> tuple[str, str, int, int, int, int]:
        """What tells an unchanged file from a new delivery without reading it."""
        return self.account, self.source_file, self.size_bytes, self.modified_ns, self.changed_ns, self.inode


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A file left where it is: `waiting` for its writer, or `refused` for what it is."""

    account: str
    source_file: str
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class Staged:
    """A private copy, complete and named by its content."""

    sha256: str
    path: Path


class NotStagedError(Exception):
    """No copy was made; the file stays where it is, `waiting` or `refused`."""

    status = "waiting"


class ChangedWhileReadError(NotStagedError):
    """The file grew or was replaced during the copy; it will be taken once it is at rest."""


class NotAsDeclaredError(NotStagedError):
    """The content is not what its manifest says."""

    status = "refused"


def look(
    landing: Path, accounts: Iterable[str], *, max_bytes: int, stable_seconds: int, now: datetime,
    elsewhere: Collection[str] = (),
) -> Iterator[Sighting | NotTaken]:  # fmt: skip
    """Yield every file of every account's folder in name order; `now` is aware UTC.

    The folders of accounts that are looked at `elsewhere` are passed over.
    """
    known = set(accounts)
    if not landing.is_dir():
        return
    for folder in sorted(os.scandir(landing), key=lambda entry: entry.name):
        if folder.name.startswith("."):
            continue
        if not folder.is_dir(follow_symlinks=False):
            yield NotTaken("", printable(folder.name), "refused", "lies beside the accounts' folders, not inside one")
        elif folder.name in elsewhere:
            continue
        elif folder.name not in known:
            if any(os.scandir(folder.path)):
                yield NotTaken(folder.name, "", "refused", "no account of this name in tallyhouse.toml")
        else:
            for entry in sorted(os.scandir(folder.path), key=lambda entry: entry.name):
                if found := _judge(folder.name, entry, max_bytes, stable_seconds, now):
                    yield found


def _judge(
    account: str, entry: os.DirEntry[str], max_bytes: int, stable_seconds: int, now: datetime
) -> Sighting | NotTaken | None:
    if is_passed_over(entry.name):
        return None
    name = printable(entry.name)
    facts = entry.stat(follow_symlinks=False)
    problem = problem_of(facts) or too_large(facts.st_size, max_bytes)
    if problem:
        return NotTaken(account, name, "refused", problem)
    if now.timestamp() - facts.st_mtime < stable_seconds:
        return NotTaken(account, name, "waiting", f"changed less than {stable_seconds} s ago")
    return Sighting(account, Path(entry.path), name, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino)


def in_order_of_statement(found: Iterable[Sighting | NotTaken]) -> list[Sighting | NotTaken]:
    """Return what was found: first what is not taken, then the files by the instant they speak of, account and name.

    Verdicts look back on earlier files, so this order makes them the same however the files are named and arrived.
    """
    files: list[Sighting] = []
    others: list[NotTaken] = []
    for item in found:
        files.append(item) if isinstance(item, Sighting) else others.append(item)
    return [*others, *sorted(files, key=lambda file: (file.exported_at, file.account, file.source_file))]


def is_passed_over(name: str) -> bool:
    """Whether a name says that the file is hidden, unfinished, or only marks another one."""
    return name.startswith(".") or name.lower().endswith(UNFINISHED)


def problem_of(facts: os.stat_result) -> str:
    """Return why a file on this machine is refused for what it is, or nothing."""
    if stat.S_ISLNK(facts.st_mode):
        return "a symbolic link; put the file itself here"
    if stat.S_ISDIR(facts.st_mode):
        return "a folder; put files directly into the account's folder"
    if not stat.S_ISREG(facts.st_mode):
        return "not a regular file"
    if facts.st_nlink > 1:
        return "a hard link to a file elsewhere; copy it instead"
    return ""


def too_large(size_bytes: int, max_bytes: int) -> str:
    """Return why a file of this size is refused, or nothing."""
    return f"{size_bytes} bytes; limits.max_file_mb allows {max_bytes}" if size_bytes > max_bytes else ""


def stage(sighting: Sighting, staging: Path) -> Staged:
    """Copy the file to `staging/<sha256>`, hashing on the way.

    Raises `NotStagedError`, and leaves nothing: `ChangedWhileReadError` when the file is not at rest, `NotAsDeclaredError` when
    its manifest says otherwise, `ingestion.arrival.PlaceError` when its place cannot be read.
    """
    beside = partial_name(staging / f"incoming-{os.getpid()}")
    digest = hashlib.sha256()
    chunks = sighting.source.chunks(sighting) if sighting.source else local_chunks(sighting)
    try:
        with beside.open("wb") as target:
            for chunk in chunks:
                digest.update(chunk)
                target.write(chunk)
        sha256 = digest.hexdigest()
        if sighting.declared_sha256 not in ("", sha256):
            raise NotAsDeclaredError(f"its content is {sha256}, its manifest says {sighting.declared_sha256}")
    except NotStagedError:
        beside.unlink()
        raise
    path = staging / sha256
    # not flushed to disk: what an interrupted run leaves here is swept away and copied again
    beside.replace(path)
    return Staged(sha256, path)


def local_chunks(sighting: Sighting) -> Iterator[bytes]:
    """Yield the bytes of a file on this machine; raises `NotStagedError` when it is gone, unreadable or not at rest."""
    try:
        handle = os.open(sighting.path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as source:
            _unchanged(sighting, os.fstat(source.fileno()))
            while chunk := source.read(_CHUNK):
                yield chunk
            _unchanged(sighting, os.fstat(source.fileno()))
    except OSError as error:
        raise NotStagedError(f"cannot be read: {error.strerror or error}") from error


def _unchanged(sighting: Sighting, facts: os.stat_result) -> None:
    now = (facts.st_size, facts.st_mtime_ns, facts.st_ino)
    if now != (sighting.size_bytes, sighting.modified_ns, sighting.inode) or not stat.S_ISREG(facts.st_mode):
        raise ChangedWhileReadError(f"{sighting.source_file}: changed while it was read")


def sweep(staging: Path) -> None:
    """Remove what an interrupted run left in staging; every staged copy can be made again from landing."""
    for entry in staging.iterdir():
        if entry.name.endswith(PARTIAL) or re.fullmatch(r"[0-9a-f]{64}(\..+)?", entry.name):
            entry.unlink()


def stamp(source_file: str) -> datetime | None:
    """Return the UTC instant written in a file's name, as in `orders_20261120T060000Z.csv`, or None."""
    for text in _STAMP.findall(source_file):
        try:
            return datetime.strptime(f"{text}+0000", "%Y%m%dT%H%M%SZ%z").replace(tzinfo=None)
        except ValueError:
            # digits that are no date are not a stamp
            continue
    return None


def exported_at(source_file: str, modified_ns: int) -> datetime:
    """Return the instant the export speaks of: the stamp in its name, else its modification time, in whole seconds UTC."""
    modified = datetime.fromtimestamp(modified_ns // 1_000_000_000, UTC).replace(tzinfo=None)
    return stamp(source_file) or modified


def printable(name: str) -> str:
    """Return a file name that any text column can hold; bytes that are no text become escapes."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
