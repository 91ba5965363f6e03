"""Segments to transactions and interchanges: ISA{GS{ST..SE}GE}IEA, with every control number and count checked.

A transaction stands or falls by its own ST and SE: damage around it (a trailer that is missing or names another number, a wrong
count, stray segments) is reported as a problem of the interchange and does not take sound transactions with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from ingestion.x12.records import KEPT, Acknowledgement, Event, Group, Interchange, Transaction
from ingestion.x12.tokens import Segment

LONGEST_TRANSACTION = 16 * 1024 * 1024
"""In characters; a longer one is refused, because it is held in memory until its SE has come."""


def read_envelope(segments: Iterable[Segment]) -> Iterator[Event]:
    """Yield each transaction when it ends and each interchange after its last one."""
    walk = _Walk()
    for segment in segments:
        yield from walk.step(segment)
    yield from walk.end()


class _Walk:
    """Where in the envelope the reading is."""

    def __init__(self) -> None:
        self.interchange: Interchange | None = None
        self.stray: Interchange | None = None
        self.group: Group | None = None
        self.transaction: Transaction | None = None
        self._steps: dict[str, Callable[[Segment], Iterator[Event]]] = {
            "ISA": self._isa, "GS": self._gs, "ST": self._st, "SE": self._se, "GE": self._ge, "IEA": self._iea,
        }  # fmt: skip

    def step(self, segment: Segment) -> Iterator[Event]:
        handler = self._steps.get(segment.id)
        if handler is not None:
            yield from handler(segment)
        elif self.transaction is not None:
            self._keep(self.transaction, segment)
        elif segment.id == "TA1" and self.group is None and self.interchange is not None and not segment.problem:
            yield Acknowledgement(self.interchange, segment)
        else:
            self._around(segment).note("stray_segment", f"segment {segment.number} belongs to no transaction", segment)

    def end(self) -> Iterator[Event]:
        yield from self._close_interchange("the file ends")
        yield from self._close_stray()

    def _around(self, segment: Segment) -> Interchange:
        """The interchange the segment is in, or the record of segments that are in none."""
        if self.interchange is not None:
            return self.interchange
        if self.stray is None:
            self.stray = Interchange(None, segment.number)
        return self.stray

    def _keep(self, transaction: Transaction, segment: Segment) -> None:
        transaction.count += 1
        transaction.size += sum(map(len, segment.elements))
        if segment.problem:
            transaction.refuse(segment.problem, f"segment {segment.number}: {_MEANING[segment.problem]}")
        if transaction.size > LONGEST_TRANSACTION:
            transaction.refuse("transaction_too_large", f"more than {LONGEST_TRANSACTION} characters")
        if transaction.size <= LONGEST_TRANSACTION or len(transaction.segments) < KEPT:
            transaction.segments.append(segment)
        else:
            del transaction.segments[KEPT:]

    def _isa(self, segment: Segment) -> Iterator[Event]:
        yield from self._close_interchange(f"segment {segment.number} begins another interchange")
        yield from self._close_stray()
        if segment.problem == "bad_isa":
            self._around(segment).note("bad_isa", f"segment {segment.number} is an ISA of a wrong form", segment)
            return
        self.interchange = Interchange(segment, segment.number, shown=[segment])
        if segment.problem:
            self.interchange.note(segment.problem, f"ISA: {_MEANING[segment.problem]}")

    def _gs(self, segment: Segment) -> Iterator[Event]:
        yield from self._close_group(f"segment {segment.number} begins another group")
        around = self._around(segment)
        around.group_count += 1
        around.show(segment)
        self.group = Group(segment, _group_control(segment), _group_problem(segment))
        if self.group.problem:
            around.note("bad_group_header", f"segment {segment.number}: {self.group.problem}")
        elif segment.width > _GROUP_WIDTH:
            around.note("bad_group_header", f"segment {segment.number}: GS has {segment.width} elements, not 8")

    def _st(self, segment: Segment) -> Iterator[Event]:
        yield from self._close_transaction("another transaction begins before its SE")
        around = self._around(segment)
        around.set_count += 1
        self.transaction = transaction = Transaction(around, self.group, [segment])
        if segment.problem:
            transaction.refuse(segment.problem, f"segment {segment.number}: {_MEANING[segment.problem]}")
        if self.group is not None:
            self.group.set_count += 1
        if around.isa is None or self.group is None:
            transaction.refuse("missing_header", "no ISA and GS before it say whose it is")
            return
        if self.group.problem:
            transaction.refuse("bad_group_header", self.group.problem)
        key = (self.group.control, transaction.control)
        if key in around.seen:
            transaction.refuse("duplicate_control_number", f"a second transaction {transaction.control!r} in the group")
        around.seen.add(key)

    def _se(self, segment: Segment) -> Iterator[Event]:
        transaction = self.transaction
        if transaction is None:
            self._around(segment).note("stray_segment", f"segment {segment.number}: SE without ST", segment)
            return
        transaction.count += 1
        transaction.segments.append(segment)
        if segment.problem:
            transaction.refuse(segment.problem, f"segment {segment.number}: {_MEANING[segment.problem]}")
        if not transaction.control or segment.at(2) != transaction.control or segment.width != 2:
            transaction.refuse("control_number_mismatch", f"ST02 is {transaction.control!r}, SE02 is {segment.at(2)!r}")
        if not _agrees(segment.at(1), transaction.count):
            transaction.refuse(
                "segment_count_mismatch",
                f"SE01 says {segment.at(1)!r}, there are {transaction.count}: segments are lost, added or fused",
            )
        self.transaction = None
        yield transaction

    def _ge(self, segment: Segment) -> Iterator[Event]:
        yield from self._close_transaction("its group ends before its SE")
        around = self._around(segment)
        around.show(segment)
        if self.group is None:
            around.note("stray_segment", f"segment {segment.number}: GE without GS")
            return
        _compare(around, "GE", segment, self.group.set_count, self.group.control)
        self.group = None

    def _iea(self, segment: Segment) -> Iterator[Event]:
        yield from self._close_group("the interchange ends")
        if self.interchange is None:
            self._around(segment).note("stray_segment", f"segment {segment.number}: IEA without ISA", segment)
            return
        self.interchange.show(segment)
        _compare(self.interchange, "IEA", segment, self.interchange.group_count, self.interchange.control)
        done, self.interchange = self.interchange, None
        yield done

    def _close_transaction(self, why: str) -> Iterator[Event]:
        if self.transaction is not None:
            self.transaction.refuse("unclosed_transaction", why)
            done, self.transaction = self.transaction, None
            yield done

    def _close_group(self, why: str) -> Iterator[Event]:
        yield from self._close_transaction(f"{why} before its SE")
        if self.group is not None:
            self._around(self.group.gs).note("missing_trailer", f"{why} before group {self.group.control!r} has its GE")
            self.group = None

    def _close_interchange(self, why: str) -> Iterator[Event]:
        yield from self._close_group(why)
        if self.interchange is not None:
            self.interchange.note(
                "missing_trailer", f"{why} before interchange {self.interchange.control!r} has its IEA"
            )
            done, self.interchange = self.interchange, None
            yield done

    def _close_stray(self) -> Iterator[Event]:
        if self.stray is not None:
            done, self.stray = self.stray, None
            yield done


_GROUP_WIDTH = 8
_MEANING = {
    "undecodable": "bytes that are not valid in the file's encoding",
    "control_character": "a control character or line end inside an element",
    "field_too_long": "an element longer than limits.max_field_chars",
    "too_many_elements": "more elements than limits.max_columns",
    "segment_too_long": "no segment terminator within the longest segment there may be",
    "bad_isa": "an ISA of a wrong form",
}


def _group_control(gs: Segment) -> str:
    """GS06, counted from the end: an id that holds the separator adds elements before it."""
    return gs.at(max(gs.width, _GROUP_WIDTH) - 2)


def _group_problem(gs: Segment) -> str:
    if gs.problem:
        return _MEANING[gs.problem]
    if gs.width < _GROUP_WIDTH:
        return f"GS has {gs.width} of {_GROUP_WIDTH} elements"
    if not re.fullmatch(r"[A-Za-z0-9]{2}", gs.at(1)):
        return "GS01 is no functional identifier"
    if not re.fullmatch(r"[0-9]{1,9}", _group_control(gs)):
        return "GS06 is no number"
    if not re.fullmatch(r"[A-Za-z]{1,2}", gs.at(gs.width - 1)) or not re.fullmatch(
        r"[A-Za-z0-9]{3,12}", gs.at(gs.width)
    ):
        return "GS07 and GS08 name no standard and version"
    return ""


def _agrees(stated: str, counted: int) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,12}", stated)) and int(stated) == counted


def _compare(around: Interchange, name: str, trailer: Segment, counted: int, control: str) -> None:
    """Note what a GE or IEA says otherwise than its header; leading zeros of the numbers do not count."""
    if trailer.problem or trailer.width != 2:
        around.note("bad_trailer", f"segment {trailer.number}: {name} is damaged")
    if trailer.at(2).lstrip("0") != control.lstrip("0"):
        around.note("control_number_mismatch", f"{name}02 is {trailer.at(2)!r}, its header says {control!r}")
    if not _agrees(trailer.at(1), counted):
        around.note("count_mismatch", f"{name}01 says {trailer.at(1)!r}, there are {counted}")
