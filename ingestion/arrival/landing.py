"""All landing places of a company: what has arrived in them, complete, and putting aside what was loaded.

An account without `[accounts.<name>.landing]` is looked at by `ingestion.stage.look`. A place that cannot be reached costs one
line and its account's files; the others go on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from company import Paths, Settings
from company.landing import SFTP_STABLE_SECONDS, LandingPlace
from ingestion.arrival.folder import FolderPlace
from ingestion.arrival.manifest import MANIFEST, Declared, ManifestError, declared_of, read_manifest
from ingestion.arrival.memory import MEMORY_FILE, Memory
from ingestion.arrival.place import Entry, Place, PlaceError, path_of
from ingestion.stage import NotTaken, Sighting, in_order_of_statement, is_passed_over, look, printable, too_large

MAX_PAUSE_SECONDS = 30
"""A run waits at most this long for a server's files to prove at rest; a longer rest is left to the next run."""

Found = Sighting | NotTaken


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Landing:
    """One run's view of all landing places; a context manager that closes what it opened."""

    def __init__(
        self, settings: Settings, paths: Paths, *,
        now: Callable[[], datetime] = _utc_now, pause: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self._settings, self._paths, self._now, self._pause = settings, paths, now, pause
        self._special = {name: a.landing for name, a in settings.accounts.items() if not a.landing.is_default}
        self._places: dict[str, Place] = {}
        self._memory = Memory(paths.staging / MEMORY_FILE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for place in self._places.values():
            place.close()

    def look(self) -> Iterator[Found]:
        """Yield every file of every place, those of the plain folders by what they state, then place by place likewise.

        Servers are asked first, and once more at the end where files must prove at rest.
        """
        limits = self._settings.limits
        first = {name: self._listing(name) for name, place in self._special.items() if place.kind != "folder"}
        here = look(
            self._paths.landing, self._settings.accounts, max_bytes=limits.max_file_mb * 1024 * 1024,
            stable_seconds=limits.stable_seconds, now=self._now(), elsewhere=self._special,
        )  # fmt: skip
        yield from in_order_of_statement(here)
        for name in self._special:
            yield from self._stray(name)
            listing = first.get(name) or self._listing(name)
            yield from in_order_of_statement(self._rested(name, listing))

    def has_archive(self, account: str) -> bool:
        """Whether the account's files are put aside once they are in the books."""
        return account in self._special and bool(self._special[account].archive)

    def archive(self, sighting: Sighting, sha256: str) -> str:
        """Put a file aside whose content is in the books, and return where, or nothing when its place keeps no archive.

        Raises `NotStagedError`, and leaves the file, when its place cannot do it or another file has taken its place.
        """
        if not self.has_archive(sighting.account):
            return ""
        return self._place(sighting.account).put_aside(sighting, sha256)

    def _place(self, account: str) -> Place:
        if account not in self._places:
            self._places[account] = _open(account, self._special[account], self._paths)
        return self._places[account]

    def _listing(self, account: str) -> _Listing:
        settings = self._special[account]
        try:
            place = self._place(account)
            entries = tuple(place.entries())
            rest = {}
            if settings.wait_for == "stable" and not place.is_local:
                files = [entry for entry in entries if not (entry.problem or is_passed_over(entry.name))]
                rest = self._memory.note(account, place.url, files, self._now())
            return _Listing(entries, rest)
        except PlaceError as error:
            url = settings.url or f"data/landing/{account}"
            return _Listing((), {}, NotTaken(account, "", "refused", f"{url}: {error}"))

    def _stray(self, account: str) -> Iterator[NotTaken]:
        """Yield a line when files lie in the folder of an account whose files arrive elsewhere."""
        url, folder = self._special[account].url, self._paths.landing / account
        if url and folder.is_dir() and folder.resolve() != (self._paths.home / url).resolve() and any(folder.iterdir()):
            yield NotTaken(account, "", "refused", f"data/landing/{account} is not read, since files arrive in {url}")

    def _rested(self, account: str, listing: _Listing) -> Iterator[Found]:
        """Yield a listing's files; when some are too young and a short pause can settle it, list again after the pause."""
        if listing.failure:
            yield listing.failure
            return
        missing = self._stable_seconds(account) - min(listing.rest.values(), default=float("inf"))
        if 0 < missing <= MAX_PAUSE_SECONDS:
            self._pause(missing)
            listing = self._listing(account)
            if listing.failure:
                yield listing.failure
                return
        yield from self._judged(account, listing)

    def _judged(self, account: str, listing: _Listing) -> Iterator[Found]:
        settings, place = self._special[account], self._place(account)
        by_manifest = settings.wait_for == "manifest"
        declared: dict[str, Declared] = {}
        beside = {entry.name: entry for entry in listing.entries}
        if by_manifest and MANIFEST in beside:
            try:
                declared = read_manifest(place.content(MANIFEST))
            except (ManifestError, PlaceError) as error:
                yield NotTaken(account, MANIFEST, "refused", str(error))
                return
            for name in sorted(declared.keys() - beside.keys()):
                yield NotTaken(account, printable(name), "waiting", f"named in {MANIFEST}, not there yet")
        for entry in listing.entries:
            if is_passed_over(entry.name) or (by_manifest and entry.name == MANIFEST):
                continue
            problem = entry.problem or too_large(entry.size_bytes, self._settings.limits.max_file_mb * 1024 * 1024)
            if problem:
                yield NotTaken(account, printable(entry.name), "refused", problem)
            elif by_manifest:
                yield self._declared(place, entry, beside, declared)
            else:
                yield self._stable(place, entry, listing.rest)

    def _stable(self, place: Place, entry: Entry, rest: dict[str, float]) -> Found:
        wanted = self._stable_seconds(place.account)
        at_rest = self._now().timestamp() - entry.modified_ns / 1e9 if place.is_local else rest[entry.name]
        if at_rest < wanted:
            return NotTaken(place.account, printable(entry.name), "waiting", f"changed less than {wanted} s ago")
        return _sighting(place, entry)

    @staticmethod
    def _declared(place: Place, entry: Entry, beside: dict[str, Entry], listed: dict[str, Declared]) -> Found:
        name = printable(entry.name)
        try:
            declared = declared_of(entry, beside, place.content, listed)
        except ManifestError as error:
            return NotTaken(place.account, name, "refused", str(error))
        except PlaceError as error:
            return NotTaken(place.account, name, "waiting", str(error))
        if declared is None:
            return NotTaken(
                place.account, name, "waiting", f"no newer .done, .sha256 or {MANIFEST} says that it is complete"
            )
        if declared.size_bytes not in (None, entry.size_bytes):
            return NotTaken(
                place.account, name, "refused", f"has {entry.size_bytes} bytes, {MANIFEST} says {declared.size_bytes}"
            )
        return _sighting(place, entry, declared.sha256)

    def _stable_seconds(self, account: str) -> int:
        settings = self._special[account]
        if settings.stable_seconds is not None:
            return settings.stable_seconds
        usual = self._settings.limits.stable_seconds
        return max(usual, SFTP_STABLE_SECONDS) if settings.kind == "sftp" else usual


class _Listing:
    """One look at a place: its entries, for how long each has been at rest, or why it could not be looked at."""

    def __init__(self, entries: tuple[Entry, ...], rest: dict[str, float], failure: NotTaken | None = None) -> None:
        self.entries, self.rest, self.failure = entries, rest, failure


def _sighting(place: Place, entry: Entry, declared_sha256: str = "") -> Sighting:
    return Sighting(
        place.account, path_of(place, entry.name), printable(entry.name), entry.size_bytes, entry.modified_ns,
        entry.changed_ns, entry.inode, source=place, declared_sha256=declared_sha256,
    )  # fmt: skip


def _open(account: str, settings: LandingPlace, paths: Paths) -> Place:
    """Return the place of one account; the libraries of servers are imported only for one."""
    if settings.kind == "sftp":
        from ingestion.arrival.sftp import SftpPlace

        return SftpPlace(account, paths.home, settings)
    if settings.kind == "s3":
        from ingestion.arrival.bucket import BucketPlace

        return BucketPlace(account, paths.home, settings)
    url = settings.url or f"data/landing/{account}"
    folder = paths.home / Path(settings.parts.path or url).expanduser()
    if settings.url is None:
        folder.mkdir(parents=True, exist_ok=True)
    return FolderPlace(account, url, folder, settings.archive)
