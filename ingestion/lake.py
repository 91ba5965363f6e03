"""The durable raw: typed rows as Parquet, and beside them all that the ledger needs to be written again.

`data/lake/<system>__<entity>/<sha256>.<account>.parquet` are the rows of one loaded file; those of small files that settled
together are in `<sha256 of all>.<account>.page.parquet`, told apart by `_file_sha256`. `data/lake/_books/` holds, per
file, its ledger entry (`.json`) and refused rows (`.quarantine.parquet`), and per further delivery one arrival. Each
file is written whole, before the warehouse commits; writing it again changes nothing. What a person does about refused
rows or a held file adds Parquet files under new names (`<sha256>.<account>.<n>.parquet`) and replaces the entry, which alone
says which files count.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ingestion.books import Act, Arrival, FileEntry, Settlement
from ingestion.durable import partial_name, put_all_in_place, put_in_place, write_whole
from ingestion.lake_pages import is_page, restamp
from ingestion.outcome import GateCheck, GateReport

_INSTANTS = ("exported_at", "claimed_at", "finished_at")


def keep_rows(
    lake: Path, file: FileEntry, rows: Path, quarantine: Path | None, act: int = 0, *, flushed: bool = False
) -> tuple[Path, Path | None]:
    """Move the typed and the refused rows of one loaded feed, if it has any, into the lake; return where they are now.

    `act` numbers what was done about the file, so that no file that counts is ever written over. `flushed` says that what
    is moved is safe on disk already.
    """
    kept, refused = rows_kept(lake, file, act), refused_kept(lake, file, act)
    if quarantine is not None:
        put_in_place(quarantine, refused, flushed=flushed)
    put_in_place(rows, kept, flushed=flushed)
    return kept, refused if quarantine else None


def rows_kept(lake: Path, file: FileEntry, act: int = 0) -> Path:
    """Return where the rows that one feed of a file brought in by its `act`-th act are kept; 0 is its first reading."""
    number = f".{act}" if act else ""
    return lake / f"{file.system}__{file.entity}" / f"{file.sha256}.{file.account}{number}.parquet"


def refused_kept(lake: Path, file: FileEntry, act: int = 0) -> Path:
    """Return where the refused rows of one feed of a file are kept after its `act`-th act."""
    number = f".{act}" if act else ""
    return books_folder(lake) / f"{file.sha256}.{file.account}.{file.entity}.quarantine{number}.parquet"


Entry = tuple[Sequence[Settlement], Arrival, Mapping[str, GateReport]]
"""The feeds of one file, loaded or held, its delivery, and the verdicts by entity."""


def keep_entries(lake: Path, entries: Sequence[Entry]) -> None:
    """Write the ledger entries of files, as `keep_entry` does for one."""
    books_folder(lake).mkdir(parents=True, exist_ok=True)
    paths = []
    for settlements, arrival, gates in entries:
        path, document = _entry(lake, settlements, arrival, gates)
        partial_name(path).write_text(_json(document), encoding="utf-8")
        paths.append(path)
    put_all_in_place(paths)


def keep_entry(
    lake: Path, settlements: Sequence[Settlement], arrival: Arrival, gates: Mapping[str, GateReport]
) -> None:
    """Write the ledger entries of one file, loaded or held; `gates` are the verdicts by entity.

    Where the file has an entry already, a feed without a new verdict keeps its old one.
    """
    _write_json(*_entry(lake, settlements, arrival, gates))


def _entry(
    lake: Path, settlements: Sequence[Settlement], arrival: Arrival, gates: Mapping[str, GateReport]
) -> tuple[Path, dict[str, Any]]:
    """Return where the entry of a file is kept, and the entry."""
    file = settlements[0].file
    path = entry_path(lake, file.account, file.sha256)
    former = _read_json(path)["parts"] if path.exists() else []
    verdicts = {part["file"]["entity"]: part["gate"] for part in former}
    verdicts |= {
        entity: _flat(gate) | {"checks": [_flat(check) for check in gate.checks]} for entity, gate in gates.items()
    }
    return path, {
        "parts": [_plain_part(lake, settlement, verdicts.get(settlement.file.entity)) for settlement in settlements],
        "arrival": _plain(arrival),
        "acts": [asdict(act) | {"acted_at": act.acted_at.isoformat()} for act in settlements[0].acts],
    }


def _plain_part(lake: Path, settlement: Settlement, gate: dict[str, Any] | None) -> dict[str, Any]:
    file = settlement.file
    return {
        "file": _flat(file) | {name: getattr(file, name).isoformat() for name in _INSTANTS},
        "header": settlement.header,
        "added": settlement.added,
        "missing": settlement.missing,
        "suspected": settlement.suspected,
        "rows": str(settlement.rows.relative_to(lake)) if settlement.rows else None,
        "quarantine": str(settlement.quarantine.relative_to(lake)) if settlement.quarantine else None,
        "rule_version": settlement.rule_version,
        "facts": dict(settlement.facts),
        "gate": gate,
        "replayed": [str(path.relative_to(lake)) for path in settlement.replayed],
        "rows_replayed": settlement.rows_replayed,
    }


def keep_arrival(lake: Path, arrival: Arrival) -> None:
    """Write one further delivery of a known content; the same delivery again lands on the same name."""
    name = hashlib.sha256(repr(arrival.identity).encode()).hexdigest()[:24]
    _write_json(books_folder(lake) / f"{arrival.sha256}.{arrival.account}.arrival-{name}.json", _plain(arrival))


def restate(lake: Path, account: str, sha256: str, exported_at: datetime) -> tuple[str, ...]:
    """Move the instant a kept content speaks of; return the raw tables of its rows, none when it was held.

    Rows first, entry second: an interrupted restatement is simply done again.
    """
    path = entry_path(lake, account, sha256)
    document = _read_json(path)
    loaded = [part for part in document["parts"] if part["rows"]]
    for part in loaded:
        if is_page(lake / part["rows"]):
            # what is said of one file alone is no longer kept with the others
            page = lake / part["rows"]
            own = page.with_name(f"{sha256}.{account}.parquet")
            restamp(page, exported_at, own, sha256)
            part["rows"] = str(own.relative_to(lake))
        else:
            restamp(lake / part["rows"], exported_at)
        for rows in part.get("replayed", ()):
            restamp(lake / rows, exported_at)
    for part in document["parts"]:
        part["file"]["exported_at"] = exported_at.isoformat()
    _write_json(path, document)
    return tuple(f"{part['file']['system']}__{part['file']['entity']}" for part in loaded)


def read_entries(lake: Path, account: str = "") -> Iterator[tuple[tuple[Settlement, ...], Arrival]]:
    """Yield every file of the books, or of one account, in the order in which it was first recorded."""
    entries = []
    for path in _json_files(lake):
        if ".arrival-" not in path.name and path.name.endswith(f".{account}.json" if account else ".json"):
            entries.append(_read_entry(lake, path))
    yield from sorted(
        entries,
        key=lambda entry: (entry[0][0].file.finished_at, entry[0][0].file.account, entry[0][0].file.sha256),
    )


def read_arrivals(lake: Path) -> list[Arrival]:
    """Return every further delivery, oldest first."""
    arrivals = [_arrival(_read_json(path)) for path in _json_files(lake) if ".arrival-" in path.name]
    return sorted(arrivals, key=lambda arrival: (arrival.seen_at, arrival.identity))


def read_entry(lake: Path, account: str, sha256: str) -> tuple[tuple[Settlement, ...], Arrival]:
    """Return what the books say of one file; FileNotFoundError when they know nothing of it."""
    return _read_entry(lake, entry_path(lake, account, sha256))


def _read_entry(lake: Path, path: Path) -> tuple[tuple[Settlement, ...], Arrival]:
    document = _read_json(path)
    parts = [_read_part(lake, part) for part in document["parts"]]
    acts = [Act(**act | {"acted_at": datetime.fromisoformat(act["acted_at"])}) for act in document.get("acts", ())]
    parts[0] = replace(parts[0], acts=tuple(acts))
    return tuple(parts), _arrival(document["arrival"])


def _read_part(lake: Path, part: dict[str, Any]) -> Settlement:
    values = part["file"] | {name: datetime.fromisoformat(part["file"][name]) for name in _INSTANTS}
    return Settlement(
        file=FileEntry(**values), added=tuple(part["added"]), missing=tuple(part["missing"]),
        suspected=tuple(part.get("suspected", ())),
        rows=lake / part["rows"] if part["rows"] else None,
        quarantine=lake / part["quarantine"] if part["quarantine"] else None,
        header=tuple(part["header"]), rule_version=part["rule_version"], facts=part.get("facts", {}),
        replayed=tuple(lake / name for name in part.get("replayed", ())), rows_replayed=part.get("rows_replayed", 0),
    )  # fmt: skip


def _flat(record: FileEntry | Arrival | GateReport | GateCheck) -> dict[str, Any]:
    """Return the fields as they are: `asdict` would copy each of them, which takes as long as all else of an entry."""
    return {field.name: getattr(record, field.name) for field in fields(record)}


def _plain(arrival: Arrival) -> dict[str, Any]:
    return _flat(arrival) | {"seen_at": arrival.seen_at.isoformat()}


def _arrival(document: dict[str, Any]) -> Arrival:
    account, source_file, *numbers = document["identity"]
    return Arrival(
        document["account"], document["source_file"], document["sha256"], datetime.fromisoformat(document["seen_at"]),
        document["outcome"], (account, source_file, *numbers),
    )  # fmt: skip


def books_folder(lake: Path) -> Path:
    """Return the folder of the ledger entries."""
    return lake / "_books"


def entry_path(lake: Path, account: str, sha256: str) -> Path:
    """Return the ledger entry of one file."""
    return books_folder(lake) / f"{sha256}.{account}.json"


def _json_files(lake: Path) -> list[Path]:
    return sorted(path for path in books_folder(lake).glob("*.json"))


def _read_json(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def _json(document: dict[str, Any]) -> str:
    # without indents, which only the encoder that is written in Python can make
    return json.dumps(document, ensure_ascii=False, sort_keys=True) + os.linesep


def _write_json(path: Path, document: dict[str, Any]) -> None:
    def fill(beside: Path) -> None:
        beside.write_text(_json(document), encoding="utf-8")

    write_whole(path, fill)
