"""A landing place that is a folder on an SFTP server. Heavy to import; only for an account that has one."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any, TypeVar

import paramiko

from company.landing import LandingPlace
from ingestion.arrival.place import (
    SMALL_BYTES,
    Entry,
    PlaceError,
    archive_names,
    remote_inode,
    remote_problem,
)  # fmt: skip
from ingestion.arrival.secret import Secrets
from ingestion.arrival.sftp_connection import VerifiedSFTP
from ingestion.stage import ChangedWhileReadError, Sighting, printable

_T = TypeVar("_T")
_CHUNK = 1024 * 1024
_AHEAD = 64
"""Reads of 32 KB asked for before the first is answered: 2 MB on the way, enough for a far server."""
_PORT = 22


class SftpPlace:
    """One folder of one server; connects at first use, and gives up for the rest of the run when the connection is lost."""

    is_local = False

    def __init__(self, account: str, home: Path, settings: LandingPlace) -> None:
        self.account, self.url = account, str(settings.url)
        self._home, self._settings, self._secrets = home, settings, Secrets(account, home, settings)
        self._folder = settings.parts.path.rstrip("/") or "/"
        self._archive = normpath(join(self._folder, settings.archive)) if settings.archive else None
        self._open: VerifiedSFTP | None = None
        self._broken: PlaceError | None = None

    def entries(self) -> Iterator[Entry]:
        """Yield what lies in the folder, links not followed."""
        found = self._ask(f"{self._folder} cannot be listed", lambda ftp: ftp.listdir_attr(self._folder))
        for facts in sorted(found, key=lambda facts: str(facts.filename)):
            name = (
                facts.filename if isinstance(facts.filename, str) else facts.filename.decode("utf-8", "surrogateescape")
            )
            if join(self._folder, name) != self._archive:
                problem = remote_problem(name) or _problem(facts.st_mode or 0)
                yield Entry(
                    printable(name), facts.st_size or 0, (facts.st_mtime or 0) * 1_000_000_000,
                    inode=remote_inode(self.url, ""), problem=problem,
                )  # fmt: skip

    def content(self, name: str) -> bytes:
        """Return a small file whole."""

        def read(ftp: paramiko.SFTPClient) -> bytes:
            with ftp.open(join(self._folder, name), "rb") as file:
                return bytes(file.read(SMALL_BYTES + 1))

        return self._ask(f"{name} cannot be read", read)

    def chunks(self, sighting: Sighting) -> Iterator[bytes]:
        """Yield the file's bytes as they come; the file must look the same before and after, and be no link."""
        path, what = join(self._folder, sighting.path.name), "the transfer was interrupted"
        self._ask(what, lambda ftp: _same(sighting, ftp.lstat(path)))
        file = self._ask(what, lambda ftp: ftp.open(path, "rb"))
        with self._guarded(what), file:
            _same(sighting, file.stat())
            file._prefetch_thread = _quietly(file._prefetch_thread)
            file.prefetch(sighting.size_bytes, max_concurrent_requests=_AHEAD)
            left = sighting.size_bytes
            while left and (chunk := file.read(min(_CHUNK, left))):
                left -= len(chunk)
                yield chunk
            if left:
                raise ChangedWhileReadError("became shorter while it was read")
            _same(sighting, file.stat())

    def put_aside(self, sighting: Sighting, sha256: str) -> str:
        """Move the file into the archive. The protocol's rename never replaces a file."""
        archive = self._archive
        if archive is None:
            return ""
        return self._ask(f"could not be moved to {archive}", lambda ftp: self._move(ftp, sighting, archive, sha256))

    def _move(self, ftp: paramiko.SFTPClient, sighting: Sighting, archive: str, sha256: str) -> str:
        source = join(self._folder, sighting.path.name)
        _same(sighting, ftp.lstat(source))
        _make_folders(ftp, archive)
        target = next(t for n in archive_names(sighting.path.name, sha256) if not _exists(ftp, t := join(archive, n)))
        ftp.rename(source, target)
        try:
            _same(sighting, ftp.lstat(target))
        except ChangedWhileReadError:
            ftp.rename(target, source)
            raise
        return target

    def close(self) -> None:
        """Close the connection."""
        if self._open is not None:
            self._open.client.close()
            self._open = None

    def _ask(self, what: str, question: Callable[[paramiko.SFTPClient], _T]) -> _T:
        with self._guarded(what):
            return question(self._connected().ftp)

    @contextmanager
    def _guarded(self, what: str) -> Iterator[None]:
        """Turn what the library raises into `PlaceError` in words; a lost connection is not tried again in this run."""
        try:
            yield
        except FileNotFoundError as error:
            raise PlaceError(f"{what}: no such file or folder.") from error
        except PermissionError as error:
            raise PlaceError(f"{what}: the server denies it.") from error
        except (OSError, EOFError, paramiko.SSHException) as error:
            text = self._secrets.hidden(f"{what}: {_reason(error)}")
            failure = PlaceError(f"{text}. It is tried again in the next run.")
            if _is_lost(error):
                self._broken = failure
                self.close()
            raise failure from None

    def _connected(self) -> VerifiedSFTP:
        if self._broken is not None:
            raise self._broken
        if self._open is None:
            try:
                self._open = self._connect()
            except PlaceError as error:
                self._broken = error
                raise
        return self._open

    def _connect(self) -> VerifiedSFTP:
        known_hosts = self._file(self._settings.known_hosts or "~/.ssh/known_hosts", "known_hosts")
        key = self._file(self._settings.key_file, "key_file") if self._settings.key_file else None
        ssh = {
            "port": self._settings.parts.port or _PORT, "username": self._settings.parts.username,
            "password": self._secrets.get("password"), "passphrase": self._secrets.get("key_passphrase"),
            "key_filename": str(key) if key else None,
        }  # fmt: skip
        connect = partial(VerifiedSFTP, str(self._settings.parts.hostname), known_hosts, self._settings.timeout_seconds)
        try:
            return connect(**ssh)
        except paramiko.BadHostKeyException as error:
            raise PlaceError(
                f"the host key differs from the one in {known_hosts}: it offers {error.key.get_name()}"
                f" {error.key.fingerprint}. Somebody may be in between; ask the server's owner before changing the file."
            ) from None
        except (paramiko.AuthenticationException, ValueError) as error:
            text = self._secrets.hidden(str(error))
            raise PlaceError(f"the server did not let us in: {text} Correct user, key or password.") from None
        except (OSError, EOFError, paramiko.SSHException) as error:
            text = self._secrets.hidden(_reason(error))
            raise PlaceError(
                f"cannot be reached: {text}. Check host, port and network; it is tried again next run."
            ) from None

    def _file(self, setting: str, key: str) -> Path:
        path = self._home / Path(setting).expanduser()
        if not path.is_file():
            raise PlaceError(
                f"{path}, its {key}, is not there. Create it or correct accounts.{self.account}.landing.{key}."
            )
        return path


def _quietly(ask_ahead: Callable[..., None]) -> Callable[..., None]:
    """Return the thread that asks ahead, ending without a word when the connection is lost: the reader meets the same loss."""

    def run(*arguments: Any) -> None:
        with suppress(OSError, EOFError, paramiko.SSHException):
            ask_ahead(*arguments)

    return run


def _problem(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "a symbolic link; put the file itself here"
    if stat.S_ISDIR(mode):
        return "a folder; put files directly into the landing place"
    return "" if stat.S_ISREG(mode) else "not a regular file"


def _same(sighting: Sighting, facts: paramiko.SFTPAttributes) -> None:
    seen = (sighting.size_bytes, sighting.modified_ns)
    if (facts.st_size, (facts.st_mtime or 0) * 1_000_000_000) != seen or not stat.S_ISREG(facts.st_mode or 0):
        raise ChangedWhileReadError("another file has taken its place, or it changed; it will be taken when at rest")


def _exists(ftp: paramiko.SFTPClient, path: str) -> bool:
    try:
        ftp.lstat(path)
    except FileNotFoundError:
        return False
    return True


def _make_folders(ftp: paramiko.SFTPClient, path: str) -> None:
    if not _exists(ftp, path):
        _make_folders(ftp, dirname(path))
        ftp.mkdir(path)


def _is_lost(error: BaseException) -> bool:
    """Whether the connection is gone; a server's refusal of one request (an OSError without a number) leaves it."""
    return (
        not isinstance(error, OSError)
        or isinstance(error, TimeoutError | ConnectionError)
        or str(error) == "Socket is closed"
    )


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "the server did not answer in time"
    return str(getattr(error, "strerror", None) or error) or "the connection was closed"
