"""Whether what was read of a hostile file is what must be: every difference in words, none for a truthful reading."""

from __future__ import annotations

import json
from collections.abc import Iterator

from benchmarks.hostile.account import Read
from benchmarks.hostile.good import Good
from benchmarks.hostile.rules import HashedError, RefusedError, meaning
from benchmarks.hostile.truth import ANY, Case, Judged, Kept, Refused


def differences(case: Case, read: Read) -> list[str]:
    """Return what differs from the truth of the case."""
    if case.held or read.held:
        return [] if read.held in case.held else [f"held: {read.held or 'no'}, not {case.held or 'loaded'}"]
    entity = case.good.feed.entity
    if list(read.rows) != [entity]:
        return [f"read as {list(read.rows)}"]
    seen = set(read.rows[entity]) | set(read.refused[entity])
    found = [] if seen == set(range(1, len(case.records) + 1)) else [f"{len(seen)} records, not {len(case.records)}"]
    for number in range(1, len(case.records) + 1):
        found += [f"record {number}: {text}" for text in _of_record(case, read, entity, number)]
    return found


def _of_record(case: Case, read: Read, entity: str, number: int) -> Iterator[str]:
    record, row, refused = case.records[number - 1], read.rows[entity].get(number), read.refused[entity].get(number)
    match record:
        case Refused(code):
            if refused is None:
                yield f"taken, though {code or 'broken'}"
            elif code not in (ANY, refused[0]):
                yield f"refused as {refused[0]}, not {code}"
        case Kept(cells, extra):
            if row is None:
                yield f"refused ({refused}), though good"
            else:
                yield from _of_cells(case.good, cells, row)
                said = json.loads(read.extra[entity][number] or "{}")
                lost = [pair for pair in extra if said.get(pair[0]) != pair[1]]
                yield from (f"undeclared {name} lost" for name, _ in lost)
        case Judged(cells, at):
            yield from _of_judged(case.good, cells, at, row, refused)


def _of_judged(
    good: Good, cells: tuple[str, ...], at: int, row: dict[str, object] | None, refused: tuple[str, str] | None
) -> Iterator[str]:
    column = next(column for column in good.feed.stored_columns if good.position(column) == at)
    try:
        meaning(column, cells[at], good.dialect)
    except RefusedError as error:
        if refused is None:
            yield f"{column.name} {cells[at]!r} taken as {row and row[column.name]!r}, though {error}"
        elif refused[1] != column.name:
            yield f"{column.name} {cells[at]!r}: {refused[1]} blamed"
        return
    except HashedError:
        return
    if row is None:
        yield f"{column.name} {cells[at]!r} refused as {refused}, though good"
    else:
        yield from _of_cells(good, cells, row)


def _of_cells(good: Good, cells: tuple[str, ...], row: dict[str, object]) -> Iterator[str]:
    for column in good.feed.stored_columns:
        at = good.position(column)
        if at is None:
            continue
        try:
            expected = meaning(column, cells[at], good.dialect)
        except HashedError:
            continue
        if row[column.name] != expected:
            yield f"{column.name} {cells[at]!r} is {row[column.name]!r}, not {expected!r}"
