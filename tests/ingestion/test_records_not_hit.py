"""One record damaged in the middle of a file: what stands before it and after it is read as it would be without it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.hostile.account import Read, read
from benchmarks.hostile.json_files import Document, documents
from ingestion.contract import System
from ingestion.systems.x12 import X12

DOCUMENTS = [document for document in documents() if document.records]
_X12 = Path(__file__).parents[1] / "fixtures" / "exports" / "x12"
X12_FILES = sorted(
    set(_X12.glob("*.edi")) - {_X12 / "945_shifted_layout.edi"}
)  # whose envelope is not of the standard's width
Told = dict[str, list[str]]
"""By entity, each row or refusal in the order of the file."""


def told(found: Read) -> Told:
    entities = (set(found.rows) | set(found.refused)) - {"interchanges"}  # which counts what is in the file
    numbered = {entity: found.rows.get(entity, {}) | found.refused.get(entity, {}) for entity in entities}
    return {entity: [repr(of[number]) for number in sorted(of)] for entity, of in numbered.items()}


def assert_untouched(system: System, before: bytes, after: bytes, damaged: bytes) -> None:
    """`before` and `after` are the file up to the damaged record and from there on, each a whole file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        first, last, found = (read(Path(folder) / "in", content, system) for content in (before, after, damaged))
    assert not first.held, first.detail
    assert not last.held, last.detail
    if found.held:
        assert found.detail
        return
    whole = told(found)
    for entity, rows in told(first).items():
        assert whole.get(entity, [])[: len(rows)] == rows
    for entity, rows in told(last).items():
        assert whole.get(entity, [])[-len(rows) :] == rows


def spoilt(draw: st.DrawFn, text: bytes, but: bytes) -> bytes:
    """One place of the text overwritten by up to three bytes, none of them one of `but`."""
    at = draw(st.integers(0, len(text) - 1))
    new = draw(st.binary(min_size=1, max_size=3).filter(lambda piece: not set(piece) & set(but)))
    return text[:at] + new + text[at + draw(st.integers(0, 3)) :]


@st.composite
def json_cases(draw: st.DrawFn) -> tuple[Document, bytes]:
    """A document of five records or more, with the third of them damaged."""
    document = draw(st.sampled_from(DOCUMENTS))
    records = [document.records[number % len(document.records)] for number in range(5)]
    records[2] = "@hit@"
    text = document.with_records(records).text().encode()
    hit = document.with_records([document.records[2 % len(document.records)]])
    lines = Document(hit.system, hit.name, hit.records, is_lines=True).text().encode().rstrip(b"\n")
    return document.with_records(records), text.replace(b'"@hit@"', spoilt(draw, lines, b"\r\n"))


@given(json_cases())
@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_json_records_around_a_damaged_one_are_the_same(case: tuple[Document, bytes]) -> None:
    document, damaged = case
    before, after = (document.with_records(list(document.records[part])).text() for part in (slice(2), slice(3, None)))
    assert_untouched(document.system, before.encode(), after.encode(), damaged)


class Interchange:
    """A file's first transaction, and its envelopes to put others in."""

    def __init__(self, content: bytes) -> None:
        text = content[content.index(b"ISA") :]
        self.element, self.terminator = text[3:4], text[105:106]
        segments = [segment.lstrip() for segment in text.split(self.terminator)]
        at = {name: next(n for n, one in enumerate(segments) if one.startswith(name)) for name in (b"ST", b"SE", b"GE")}
        self.head, self.body = segments[: at[b"ST"]], segments[at[b"ST"] + 1 : at[b"SE"]]
        self.opening, self.closing = segments[at[b"ST"]].split(self.element), segments[at[b"SE"]].split(self.element)
        self.group, self.tail = segments[at[b"GE"]].split(self.element), segments[at[b"GE"] + 1 :]

    def joined(self, segments: list[bytes]) -> bytes:
        return b"".join(segment + self.terminator + b"\n" for segment in segments if segment)

    def transaction(self, number: int, body: bytes | None = None) -> bytes:
        """The transaction under another control number, or another text between its first and its last segment."""
        ends = [
            self.element.join([*end[:-1], b"%04d" % number] if end is self.closing else [*end[:2], b"%04d" % number])
            for end in (self.opening, self.closing)
        ]
        return self.joined(ends[:1]) + (self.joined(self.body) if body is None else body) + self.joined(ends[1:])

    def file(self, *transactions: bytes) -> bytes:
        group = self.element.join([self.group[0], b"%d" % len(transactions), *self.group[2:]])
        return self.joined(self.head) + b"".join(transactions) + self.joined([group, *self.tail])


@st.composite
def x12_cases(draw: st.DrawFn) -> tuple[bytes, bytes, bytes]:
    """Three transactions of one interchange, the second damaged between its first and its last segment."""
    whole = Interchange(draw(st.sampled_from(X12_FILES)).read_bytes())
    first, last = whole.transaction(11), whole.transaction(13)
    hit = whole.transaction(12, spoilt(draw, whole.joined(whole.body), whole.terminator))
    return whole.file(first), whole.file(last), whole.file(first, hit, last)


@given(x12_cases())
@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_transactions_around_a_damaged_one_are_the_same(case: tuple[bytes, bytes, bytes]) -> None:
    assert_untouched(X12, *case)
