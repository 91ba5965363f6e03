"""The policy tables: thresholds, buffers, service levels and limits, as typed rows.

In: `<home>/policy/<name>.csv` where present, else the shipped default of the same name and columns (in any order).
Out: one `PolicyTable` per policy. A cell `*` stands for every value of a key column; the most specific row wins later,
in SQL. A wrong file raises `ConfigurationError`, which names file, line, column, reason and fix.
"""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from pydantic import ValidationError

from company.paths import DEFAULT_POLICIES, Paths
from company.policy_row import WILDCARD, PolicyRow
from company.policy_rows import POLICIES, policy_columns
from company.settings import ConfigurationError

Cell = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class PolicyTable:
    """One policy as read: `columns` are (name, Python type), `rows` are cells in that order, None for blank."""

    name: str
    source: Path
    columns: tuple[tuple[str, type], ...]
    rows: tuple[tuple[Cell, ...], ...]


def write_default_policies(folder: Path) -> tuple[Path, ...]:
    """Copy the shipped policies into `folder` where a file is not there yet; return what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    targets = [folder / f"{name}.csv" for name in POLICIES]
    written = tuple(target for target in targets if not target.exists())
    for target in written:
        shutil.copyfile(DEFAULT_POLICIES / target.name, target)
    return written


def load_policies(paths: Paths, accounts: Collection[str] | None = None) -> tuple[PolicyTable, ...]:
    """Read every policy of a home, in the order of `POLICIES`.

    With `accounts`, a `channel_account` that is neither `*` nor one of them is an error too. Raises
    `ConfigurationError` with every fault of the first wrong file.
    """
    own = sorted(paths.policy.glob("*.csv")) if paths.policy.is_dir() else []
    for path in own:
        if path.stem not in POLICIES:
            raise ConfigurationError(
                f"{path}: no such policy. Fix: rename it to one of {', '.join(POLICIES)}, or remove it."
            )
    tables = tuple(_load(name, _home_or_default(paths, name), accounts) for name in POLICIES)
    if faults := list(_unknown_zones(tables)):
        raise ConfigurationError("\n".join(faults))
    return tables


def _unknown_zones(tables: tuple[PolicyTable, ...]) -> Iterator[str]:
    """A zone that no address is in would quietly reach nobody."""
    cells = {
        table.name: (table, [name for name, _ in table.columns].index("zone")) for table in tables if _has_zone(table)
    }
    addresses, place = cells["policy_zone"]
    known = {str(row[place]) for row in addresses.rows}
    for name, (table, column) in cells.items():
        for zone in sorted({str(row[column]) for row in table.rows} - known - {WILDCARD}):
            yield (
                f"{table.source}: column zone: {zone!r} is no zone of policy_zone. "
                f"Fix: use * or one of: {', '.join(sorted(known))}; or give {name} a zone that addresses are in."
            )


def _has_zone(table: PolicyTable) -> bool:
    return any(name == "zone" for name, _ in table.columns)


def _home_or_default(paths: Paths, name: str) -> Path:
    own = paths.policy / f"{name}.csv"
    return own if own.is_file() else DEFAULT_POLICIES / f"{name}.csv"


def _load(name: str, path: Path, accounts: Collection[str] | None) -> PolicyTable:
    model, columns = POLICIES[name], policy_columns(name)
    parsed: list[tuple[int, PolicyRow]] = []
    faults: list[str] = []
    optional = frozenset(column for column, field in model.model_fields.items() if not field.is_required())
    for line, cells in _records(path, tuple(column for column, _ in columns), optional):
        try:
            row = model.model_validate(
                {column: cell or None for column, cell in cells.items() if cell or column not in optional}
            )
        except ValidationError as error:
            faults.extend(_explain(path, line, error))
            continue
        parsed.append((line, row))
        faults.extend(_unknown_account(path, line, row, accounts))
    faults.extend(_overlaps(path, model.keys, parsed))
    faults.extend(_no_catch_all(path, model, parsed))
    if faults:
        raise ConfigurationError("\n".join(faults))
    rows = tuple(tuple(getattr(row, column) for column, _ in columns) for _, row in parsed)
    return PolicyTable(name, path, columns, rows)


def _records(path: Path, columns: tuple[str, ...], optional: frozenset[str]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [cell.strip() for cell in next(reader, [])]
            _check_header(path, header, columns, optional)
            for cells in reader:
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(header):
                    raise ConfigurationError(
                        f"{path}: line {reader.line_num}: {len(cells)} cells under {len(header)} columns. "
                        "Fix: put a cell that contains a comma into double quotes and fill every column."
                    )
                yield reader.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=True))
    except (csv.Error, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: not readable as CSV in UTF-8: {error}. Fix: save it as such.") from error


def _check_header(path: Path, header: list[str], columns: tuple[str, ...], optional: frozenset[str]) -> None:
    """Refuse a header that lacks a column without a default: a file of an older version goes on to hold."""
    known = ", ".join(columns)
    faults = [f"{path}: line 1: column {c}: missing. Fix: add it; blank cells are allowed where the default has them."
              for c in columns if c not in header and c not in optional]  # fmt: skip
    faults += [f"{path}: line 1: column {c or '(blank)'}: unknown. Fix: remove it; the columns are {known}."
               for c in header if c not in columns]  # fmt: skip
    faults += [f"{path}: line 1: column {c}: there twice. Fix: keep one." for c in columns if header.count(c) > 1]
    if faults:
        raise ConfigurationError("\n".join(faults))


def _explain(path: Path, line: int, error: ValidationError) -> Iterator[str]:
    for problem in error.errors():
        column = str(problem["loc"][0]) if problem["loc"] else problem["type"]
        blank = problem["input"] is None
        reason = "blank" if blank else f"{problem['msg'].removeprefix('Value error, ')}"
        shown = "" if blank or not isinstance(problem["input"], str) else f" (found {problem['input']!r})"
        fix = "fill it" if blank else "correct the value"
        yield f"{path}: line {line}: column {column}: {reason}{shown}. Fix: {fix}."


def _unknown_account(path: Path, line: int, row: PolicyRow, accounts: Collection[str] | None) -> Iterator[str]:
    account = getattr(row, "channel_account", WILDCARD)
    if accounts is not None and account != WILDCARD and account not in accounts:
        known = ", ".join(sorted(accounts)) or "none"
        yield f"{path}: line {line}: column channel_account: {account!r} is no account. Fix: use * or one of: {known}."


def _overlaps(path: Path, keys: tuple[str, ...], rows: list[tuple[int, PolicyRow]]) -> Iterator[str]:
    by_key: dict[tuple[str, ...], list[tuple[int, PolicyRow]]] = defaultdict(list)
    for line, row in rows:
        by_key[tuple(getattr(row, key) for key in keys)].append((line, row))
    for key, group in by_key.items():
        group.sort(key=lambda item: item[1].effective_from_on)
        for (first_line, first), (line, row) in pairwise(group):
            if first.effective_to_on is None or first.effective_to_on > row.effective_from_on:
                yield (
                    f"{path}: line {line}: column effective_from_on: overlaps line {first_line} for {', '.join(key)}. "
                    f"Fix: set effective_to_on of line {first_line} to {row.effective_from_on} or earlier."
                )


def _no_catch_all(path: Path, model: type[PolicyRow], rows: list[tuple[int, PolicyRow]]) -> Iterator[str]:
    """A policy that leaves a case open would silently drop it, so one row must hold where no other does."""
    if not model.needs_catch_all:
        return
    if not any(r.effective_to_on is None and all(getattr(r, key) == WILDCARD for key in model.keys) for _, r in rows):
        yield (
            f"{path}: column {model.keys[0]}: no row holds where no other does. "
            f"Fix: add a row with {WILDCARD} in {', '.join(model.keys)} and no effective_to_on."
        )
