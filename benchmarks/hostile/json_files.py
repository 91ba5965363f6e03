"""A good file of every JSON feed (the literal fixtures), taken apart into records, and what damages such a file.

Numbers keep no digits beyond what JSON gives them: a file is written anew from its values before it is damaged, so that the good
file and the damaged one differ in the damage alone.
"""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ingestion.contract import Column, JsonShape, System
from ingestion.systems import SYSTEMS

FIXTURES = Path(__file__).resolve().parents[2] / "tests" / "fixtures" / "exports"
SAME, HELD, ONE_REFUSED, EMPTY = "same", "held", "one record refused", "nothing loaded"


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON file as records: lines of JSON Lines, or the elements at `path` of the document `around` them."""

    system: System
    name: str
    records: tuple[Any, ...]
    path: tuple[str, ...] = ()
    around: Any = None
    is_lines: bool = False

    def with_records(self, records: list[Any]) -> Document:
        """Return the same file with other records."""
        return replace(self, records=tuple(records))

    def text(self, write: Callable[[Any], str] = json.dumps) -> str:
        """Return the file's text; `write` gives each record's."""
        texts = [write(record) for record in self.records]
        if self.is_lines:
            return "".join(f"{text}\n" for text in texts)
        joined = "[" + ",\n".join(texts) + "]"
        if self.around is None:
            return joined
        marked = copy.deepcopy(self.around)
        place = marked
        for name in self.path[:-1]:
            place = place[name]
        place[self.path[-1]] = "@records@"
        return json.dumps(marked).replace('"@records@"', joined)


@dataclass(frozen=True, slots=True)
class Damage:
    """A damaged file: what must become of it, for which reasons, and which record it hit."""

    number: int
    title: str
    content: bytes
    outcome: str
    reasons: tuple[str, ...] = ()
    record: int = 0


def documents() -> Iterator[Document]:
    """Yield every fixture of every system with JSON feeds."""
    for system in SYSTEMS:
        if any(isinstance(feed.form, JsonShape) for feed in system.feeds):
            for path in sorted((FIXTURES / system.name).glob("*.json*")):
                yield _document(system, path)


def _document(system: System, path: Path) -> Document:
    text = path.read_text(encoding="utf-8")
    name = f"{system.name}-{path.stem}"
    if path.suffix == ".jsonl":
        good = [json.loads(line) for line in text.splitlines() if _is_json(line)]
        return Document(system, name, tuple(good), is_lines=True)
    value = json.loads(text)
    if isinstance(value, list):
        return Document(system, name, tuple(value))
    for feed in system.feeds:
        for way in feed.form.records.split("|") if isinstance(feed.form, JsonShape) else ():
            names = tuple(way.removesuffix("[]").split(".")) if way.endswith("[]") else ()
            found = value
            for step in names:
                found = found.get(step) if isinstance(found, dict) else None
            if names and isinstance(found, list):
                return Document(system, name, tuple(found), names, value)
    return Document(system, name, (value,))


def _is_json(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def columns_at(system: System, path: str) -> list[Column]:
    """Return the columns of any feed that read this path."""
    return [column for feed in system.feeds for column in feed.columns if path in column.headers]


def damages(good: Document) -> Iterator[Damage]:
    """Yield the file damaged in every way that has a meaning for JSON; the damage hits the second record, if there is one."""
    yield from _of_the_whole(good)
    yield from _of_a_text(good)
    hit = _hit(good)
    for stranger in ("17", "null", '"text"', "[]"):
        yield Damage(11, f"{stranger} for a record", _replaced(good, stranger), ONE_REFUSED, ("not_an_object",), hit)
    yield Damage(
        14, "a key twice", _replaced(good, _key_twice(good.records[hit])), ONE_REFUSED, ("duplicate_key",), hit
    )
    turned = good.text(lambda record: json.dumps(dict(reversed(record.items()))))
    yield Damage(15, "members in another order", turned.encode(), SAME)
    wide = {**good.records[hit], **{f"member {number}": number for number in range(3000)}}
    yield Damage(18, "3,000 new members", _replaced(good, json.dumps(wide)), HELD, ("too_many_columns",))


def _of_the_whole(good: Document) -> Iterator[Damage]:
    whole, records = good.text().encode(), len(good.records)
    yield Damage(1, "no bytes at all", b"", HELD, ("empty",))
    empty = good.with_records([]).text().encode()
    yield Damage(2, "no records", empty, HELD if good.is_lines else EMPTY, ("empty", "unknown_record"))
    yield Damage(3, "a byte-order mark", b"\xef\xbb\xbf" + whole, SAME)
    yield Damage(4, "UTF-16", good.text().encode("utf-16"), HELD, ("encoding",))
    yield Damage(8, "CRLF", whole.replace(b"\n", b"\r\n"), SAME)
    titled = b"Export of the company\n" + whole
    yield Damage(13, "a title above the file", titled, HELD, ("malformed_json", "unknown_header"))
    yield Damage(19, "gzip", gzip.compress(whole), HELD, ("packed",))
    yield Damage(19, "a gzip cut short", gzip.compress(whole)[:-5], HELD, ("packed",))
    short = whole[: len(whole.rstrip(b"]}\n \r")) - 5]
    yield Damage(29, "cut short", short, *_broken(good, "malformed_json"), records - 1)


def _of_a_text(good: Document) -> Iterator[Damage]:
    """Yield damage inside the text of a new member."""
    hit = _hit(good)
    marked = _replaced(good, json.dumps({**good.records[hit], "remark of next year": "@@"}))
    reason = "undecodable" if good.is_lines else "malformed_json"
    for number, title, piece in (
        (5, "Windows-1252", "Café €".encode("cp1252")), (6, "bytes that are no UTF-8", b"\xff\xfe"),
    ):  # fmt: skip
        yield Damage(number, title, marked.replace(b"@@", piece), *_broken(good, reason), hit)
    for number, title, found, piece in (
        (7, "a raw NUL", b"@@", b"a\x00b"), (10, "a text that is never closed", b'@@"', b"@@"), (39, "NaN", b'"@@"', b"NaN"),
    ):  # fmt: skip
        yield Damage(number, title, marked.replace(found, piece), *_broken(good, "malformed_json"), hit)
    for number, title, piece, code in (
        (7, "an escaped NUL", b"a\\u0000b", "control_character"), (7, "half a surrogate pair", b"\\ud800", "control_character"),
        (18, "a text of 200 kB", b"x" * 200_000, "field_too_long"),
    ):  # fmt: skip
        yield Damage(number, title, marked.replace(b"@@", piece), ONE_REFUSED, (code,), hit)
    yield Damage(17, "a member of next year", marked.replace(b"@@", b"new"), SAME)
    for depth, title in ((100, "nested a hundred deep"), (100_000, "a nested bomb")):
        outcome = (ONE_REFUSED, ("too_deep",)) if depth == 100 else _broken(good, "too_deep")
        yield Damage(39, title, marked.replace(b'"@@"', b"[" * depth + b"]" * depth), *outcome, hit)


def _broken(good: Document, reason: str) -> tuple[str, tuple[str, ...]]:
    """Broken JSON costs a line where there are lines, and else the file."""
    return (ONE_REFUSED if good.is_lines else HELD), (reason,)


def _hit(good: Document) -> int:
    return min(1, len(good.records) - 1)


def _replaced(good: Document, text: str) -> bytes:
    hit = _hit(good)
    records = [*good.records[:hit], "@record@", *good.records[hit + 1 :]]
    return good.with_records(records).text().encode().replace(b'"@record@"', text.encode())


def _key_twice(record: Any) -> str:
    name = next(iter(record))
    return json.dumps(record)[:-1] + f", {json.dumps(name)}: {json.dumps(record[name])}" + "}"
