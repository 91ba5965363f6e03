"""A landing place that is a folder on this machine, or one mounted here."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from ingestion.arrival.place import SMALL_BYTES, Entry, PlaceError, archive_names
from ingestion.durable import flush_to_disk, partial_name
from ingestion.stage import ChangedWhileReadError, Sighting, local_chunks, problem_of


class FolderPlace:
    """One folder; links, pipes and folders in it are problems, the archive inside it is not looked at."""

    is_local = True

    def __init__(self, account: str, url: str, folder: Path, archive: str | None) -> None:
        self.account, self.url, self.folder = account, url, folder
        self._archive = Path(os.path.normpath(folder / archive)) if archive else None

    def entries(self) -> Iterator[Entry]:
        """Yield what lies in the folder; a folder that is not there is an error, since files are meant to arrive in it."""
        try:
            found = sorted(os.scandir(self.folder), key=lambda entry: entry.name)
            facts = [(entry, entry.stat(follow_symlinks=False)) for entry in found]
        except OSError as error:
            raise PlaceError(
                f"cannot be looked into: {error.strerror}. Create the folder or correct its url."
            ) from error
        for entry, fact in facts:
            if self._archive is None or Path(entry.path) != self._archive:
                yield Entry(
                    entry.name, fact.st_size, fact.st_mtime_ns, fact.st_ctime_ns, fact.st_ino, problem=problem_of(fact)
                )

    def content(self, name: str) -> bytes:
        """Return a small file whole."""
        try:
            with (self.folder / name).open("rb") as file:
                return file.read(SMALL_BYTES + 1)
        except OSError as error:
            raise PlaceError(f"{name} cannot be read: {error.strerror}") from error

    def chunks(self, sighting: Sighting) -> Iterator[bytes]:
        """Yield the file's bytes."""
        return local_chunks(sighting)

    def put_aside(self, sighting: Sighting, sha256: str) -> str:
        """Move the file into the archive under a name that is free there."""
        if self._archive is None:
            return ""
        try:
            return str(self._move(sighting, self._archive, sha256))
        except OSError as error:
            raise PlaceError(f"could not be moved to {self._archive}: {error.strerror}") from error

    def _move(self, sighting: Sighting, archive: Path, sha256: str) -> Path:
        archive.mkdir(parents=True, exist_ok=True)
        _same(sighting, sighting.path)
        target = _reserve(archive, sighting, sha256)
        try:
            sighting.path.replace(target)
        except OSError as error:
            target.unlink()
            if error.errno != errno.EXDEV:
                raise
            _copy_over(sighting, target)
        else:
            self._put_back_if_new(sighting, target)
        flush_to_disk(archive)
        return target

    def _put_back_if_new(self, sighting: Sighting, target: Path) -> None:
        """Undo the move of a file that was delivered between the last look and the move."""
        try:
            _same(sighting, target)
        except ChangedWhileReadError:
            os.link(target, sighting.path)
            target.unlink()
            raise

    def close(self) -> None:
        """Hold nothing."""


def _reserve(archive: Path, sighting: Sighting, sha256: str) -> Path:
    """Return the first name that is free, marked as taken, so that no other file there is ever replaced.

    A name that an interrupted move of this file has marked, or has copied it to, is used again.
    """
    mark = f"reserved for {sha256}\n".encode()
    for candidate in archive_names(sighting.path.name, sha256):
        target = archive / candidate
        beside = partial_name(target)
        if not _is_left_over(target, sighting, sha256, mark):
            beside.write_bytes(mark)
            try:
                # a name and its mark appear at once, or an interruption would leave an empty file that says nothing
                os.link(beside, target)
            except FileExistsError:
                beside.unlink()
                continue
        beside.unlink(missing_ok=True)
        return target
    raise AssertionError("names never run out")


def _is_left_over(target: Path, sighting: Sighting, sha256: str, mark: bytes) -> bool:
    try:
        facts = target.lstat()
        if (facts.st_size, facts.st_mtime_ns) == (sighting.size_bytes, sighting.modified_ns):
            with target.open("rb") as copied:
                return hashlib.file_digest(copied, "sha256").hexdigest() == sha256
        return facts.st_size == len(mark) and target.read_bytes() == mark
    except FileNotFoundError:
        return False


def _copy_over(sighting: Sighting, target: Path) -> None:
    """Move to another filesystem: the copy is whole and on disk before the source goes."""
    beside = partial_name(target)
    shutil.copy2(sighting.path, beside, follow_symlinks=False)
    flush_to_disk(beside)
    beside.replace(target)
    _same(sighting, sighting.path)
    sighting.path.unlink()


def _same(sighting: Sighting, path: Path) -> None:
    facts = path.lstat()
    if (facts.st_size, facts.st_mtime_ns, facts.st_ino) != (sighting.size_bytes, sighting.modified_ns, sighting.inode):
        raise ChangedWhileReadError("another file has taken its place; it will be taken next")
