"""What an API shows: which of its rows are ours, and the number each shows now. Reads only, and remembers what it saw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from ops import (
    Difference,
    Lease,
    Observation,
    OpsStore,
    Shadow,
    content_hash,
    read_addresses,
    read_shadow,
    record_observations,
    write_addresses,
    written_numbers,
)
from reverse_etl.api import AnswerError, ApiDestination, Found, LeveledDestination, Line
from reverse_etl.api_steps import CataloguedDestination, Standing, SteppedDestination
from reverse_etl.calls import Calls, UnreachableError
from reverse_etl.contract import ApiFacts, Target
from reverse_etl.differences import Look, difference, number_to_compare
from reverse_etl.plan import shown_quantity


@dataclass(frozen=True, slots=True)
class Addressed:
    """Rows with the destination's identifiers, and the reason for each row without."""

    lines: tuple[Line, ...]
    problems: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """Where rows stand now, and those of them that show another number than was written."""

    standings: Mapping[str, Standing]
    differing: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Sight:
    """Looks at one destination. Every method raises `UnreachableError` when it got no answer that can be understood."""

    store: OpsStore
    lease: Lease
    destination: ApiDestination
    target: Target
    calls: Calls
    api: ApiFacts

    def addressed(self, lines: Sequence[Line]) -> Addressed:
        """Return the rows with their identifiers, asking only for those that are not known or whose address changed."""
        kept = self.api.keeps_addresses
        known = read_addresses(self.store, self.target.name, [line.row_key for line in lines]) if kept else {}
        asked = {line.row_key: content_hash(self.destination.address(line.payload, self.target)) for line in lines}
        addresses: dict[str, Mapping[str, Any]] = {
            key: known[key][1] for key, hashed in asked.items() if known.get(key, ("",))[0] == hashed
        }
        problems: dict[str, str] = {}
        per_lookup = self.api.rows_per_lookup or self.api.rows_per_read
        unknown = [line for line in lines if line.row_key not in addresses]
        for some in (p for alike in ([unknown] if kept else self.grouped(unknown)) for p in parts(alike, per_lookup)):
            found, missing = self._look_up(some)
            if kept:
                write_addresses(
                    self.store, self.lease, self.target.name, {key: (asked[key], where) for key, where in found.items()}
                )
            addresses |= found
            problems |= missing
        ready = [replace(line, address=addresses[line.row_key]) for line in lines if line.row_key in addresses]
        return Addressed(tuple(ready), problems)

    def numbers(self, lines: Sequence[Line], look: Look) -> dict[str, int | None]:
        """Return what is shown now, by row key; None for a row that does not exist there. A row not answered is missing."""
        return {key: standing.number for key, standing in self.seen(lines, look).standings.items()}

    def seen(self, lines: Sequence[Line], look: Look) -> Seen:
        """Return where each row stands now; one that was not answered is missing.

        Every number that differs from what was believed is kept as an observation, with the reason why it may, and believed from
        now on.
        """
        standings: dict[str, Standing] = {}
        for some in (part for alike in self.grouped(lines) for part in parts(alike, self.api.rows_per_read)):
            standings |= self._standings(some)
        shown = {key: standing.number for key, standing in standings.items()}
        known = read_shadow(self.store, self.target.name, list(shown))
        believed = {key: shown_quantity(row) for key, row in known.items()}
        news = [
            Observation(key, number, believed.get(key), _drift(number, believed.get(key)))
            for key, number in shown.items()
            if key not in believed or believed[key] != number or look.occasion == "settling"
        ]
        differing = self._differing(lines, {row.row_key: row.quantity for row in news}, known, look)
        self._record(news, differing, look)
        return Seen(standings, differing)

    def gone(self, lines: Sequence[Line], look: Look) -> tuple[Difference, ...]:
        """Take rows that could not be addressed on purpose as not shown any more; return those that were known to be shown."""
        known = read_shadow(self.store, self.target.name, [line.row_key for line in lines])
        if not known:
            return ()
        news = [
            Observation(key, None, shown_quantity(row), _drift(None, shown_quantity(row))) for key, row in known.items()
        ]
        differing = self._differing(lines, dict.fromkeys(known), known, look)
        self._record(news, differing, look)
        return differing

    def _record(self, news: Sequence[Observation], differing: Sequence[Difference], look: Look) -> None:
        record_observations(
            self.store, self.lease, self.target.name, news, differing, occasion=look.occasion, run_id=look.run_id
        )

    def _differing(
        self, lines: Sequence[Line], news: Mapping[str, int | None], known: Mapping[str, Shadow], look: Look
    ) -> tuple[Difference, ...]:
        if not self.destination.facts.mirrors_state:
            # what is handed over once is moved on by others, and shows nothing that could drift
            return ()
        asked = [
            line for line in lines
            if line.row_key in news
            and number_to_compare(line, look, known.get(line.row_key)) not in (None, news[line.row_key])
        ]  # fmt: skip
        if not asked:
            return ()
        before = written_numbers(self.store, self.target.name, [line.row_key for line in asked])
        found = (
            difference(
                line, news[line.row_key], look, known=known.get(line.row_key), before=before.get(line.row_key, ())
            )
            for line in asked
        )
        return tuple(row for row in found if row is not None)

    def _standings(self, lines: Sequence[Line]) -> dict[str, Standing]:
        destination = self.destination
        response = self.calls.read(destination.read(lines, self.target))
        try:
            if isinstance(destination, SteppedDestination):
                return dict(destination.standings(response, lines, self.target))
            shown = dict(destination.shown(response, lines, self.target))
            if isinstance(destination, LeveledDestination):
                for line in lines:
                    if (number := shown.get(line.row_key)) is not None:
                        response = self.calls.read(destination.level(line, self.target))
                        shown[line.row_key] = destination.limited(response, line, self.target, number)
        except AnswerError as error:
            raise UnreachableError(f"unreadable answer: {error}") from error
        return {key: Standing(number) for key, number in shown.items()}

    def grouped(self, lines: Sequence[Line]) -> list[list[Line]]:
        """Return the rows by what one request may hold, in the order of the first row of each group."""
        groups: dict[str, list[Line]] = {}
        for line in lines:
            groups.setdefault(self.destination.group(line), []).append(line)
        return list(groups.values())

    def _look_up(self, lines: Sequence[Line]) -> tuple[dict[str, Mapping[str, Any]], dict[str, str]]:
        request = self.destination.lookup(lines, self.target)
        if request is None:
            return {line.row_key: self.destination.address(line.payload, self.target) for line in lines}, {}
        response = self.calls.read(request)
        try:
            found = self._completed(self.destination.found(response, lines, self.target), lines)
        except AnswerError as error:
            raise UnreachableError(f"unreadable answer: {error}") from error
        return (
            {key: row.address for key, row in found.items() if row.address is not None},
            {key: row.problem or "mapping_missing" for key, row in found.items() if row.address is None},
        )

    def _completed(self, found: Mapping[str, Found], lines: Sequence[Line]) -> Mapping[str, Found]:
        destination = self.destination
        if not isinstance(destination, CataloguedDestination):
            return found
        responses = [self.calls.read(request) for request in destination.also(lines, self.target)]
        return destination.completed(found, responses, lines, self.target)


def _drift(
    seen: int | None, believed: int | None
) -> Literal["row_gone", "lower_than_written", "higher_than_written"] | None:
    if believed is None or seen == believed:
        return None
    if seen is None:
        return "row_gone"
    return "lower_than_written" if seen < believed else "higher_than_written"


def parts(lines: Sequence[Line], size: int) -> Iterator[Sequence[Line]]:
    """Yield the lines in order, no more than `size` at once."""
    for start in range(0, len(lines), size):
        yield lines[start : start + size]
