"""What purchasing systems share: records found by code, one document for each proposal, and what it says of it. Pure."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from ops import ProposalAnswer
from reverse_etl.api import AnswerError, Found, Line
from reverse_etl.api_steps import Replies, Standing
from reverse_etl.contract import PurchaseProposal, Target
from reverse_etl.wire import Request, Response

Record = Mapping[str, Any]
Said = tuple[ProposalAnswer | None, tuple[str, ...]]
"""What became of a proposal, None when nothing can be said, and what a person has to look at, in words."""


class OneDocumentEach(ABC):
    """A destination where each proposal is a document of its own, found by its reference, made and moved on alone."""

    @abstractmethod
    def read(self, lines: Sequence[Line], target: Target) -> Request:
        """See `ApiDestination`."""

    @abstractmethod
    def standings(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, Standing]:
        """See `SteppedDestination`."""

    def unaddressable(self, row: PurchaseProposal, target: Target) -> str | None:
        """A document needs a day."""
        return "supply_date_missing" if due_on(row) is None else None

    def group(self, line: Line) -> str:
        """Rows of one step; every step of a row is a request of its own."""
        return line.step

    def shown(self, response: Response, lines: Sequence[Line], target: Target) -> Mapping[str, int | None]:
        """The quantity of each document, in stock units."""
        return {key: standing.number for key, standing in self.standings(response, lines, target).items()}

    def inquiry(self, lines: Sequence[Line], target: Target) -> Request:
        """What `read` asks, where that says what became of them too."""
        return self.read(lines, target)


def document_of(response: Response) -> Any:
    """Return the JSON of an answer; raises `AnswerError`."""
    try:
        return response.json()
    except ValueError as error:
        raise AnswerError(str(error)) from error


def records_of(document: Any) -> list[Record]:
    """Return a list of objects as it is; raises `AnswerError` for anything else."""
    if not isinstance(document, list) or not all(isinstance(row, dict) for row in document):
        raise AnswerError("the answer is no list of records")
    return document


def dig(record: Any, path: str) -> Any:
    """Return what is under a dotted path of objects, None where it breaks off."""
    for name in path.split("."):
        record = record.get(name) if isinstance(record, Mapping) else None
    return record


def one_by_code(records: Iterable[Record], field: str, code: str, what: str) -> Record | str:
    """Return the one record whose field is exactly the code, or the reason ('mapping_...') why there is none."""
    fitting = [record for record in records if dig(record, field) == code]
    if not fitting:
        return f"mapping_missing: no {what} {code!r}"
    return fitting[0] if len(fitting) == 1 else f"mapping_duplicate: {len(fitting)} times {what} {code!r}"


def one_of(field: str, codes: Iterable[str]) -> list[Any]:
    """Return the condition that a field is one of these, as Odoo and Tryton write it."""
    return [field, "in", sorted(set(codes))]


def by_reference(records: Iterable[Record], field: str, states: Collection[str]) -> Mapping[str, list[Record]]:
    """Return documents by the reference they carry; raises `AnswerError` for one without an id, or in another state."""
    found: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if not isinstance(record.get("id"), int) or record.get("state") not in states:
            raise AnswerError("a document without an id, or in a state that is not known")
        found[str(record.get(field))].append(record)
    return found


def part_of(found: Found) -> Record | str:
    """Return what an earlier look-up found as one part of an address, or its reason."""
    return found.address if found.address is not None else str(found.problem)


def ids_of(parts: Mapping[str, Record | str]) -> dict[str, Any]:
    """Return the ids of the parts that were found."""
    return {name: part["id"] for name, part in parts.items() if not isinstance(part, str)}


def complete(parts: Mapping[str, Record | str], address: Mapping[str, Any]) -> Found:
    """Return the address when every part was found, else the reasons for those that were not."""
    problems = [part for part in parts.values() if isinstance(part, str)]
    return Found(problem="; ".join(problems)) if problems else Found(address)


def number_of(value: Any) -> float:
    """Return a quantity; raises `AnswerError` when it is no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e15:
        raise AnswerError(f"quantity {value!r} is no number")
    return float(value)


def whole_units(value: float) -> int | None:
    """Return a quantity as whole units, None when it is none; a factor of units leaves the last digits astray."""
    nearest = round(value)
    return nearest if abs(value - nearest) <= 1e-6 * max(1.0, abs(value)) else None


def units_other_than(value: float, wanted: int) -> int:
    """Return a quantity as units; one with a fraction never comes out as the number wanted."""
    whole = whole_units(value)
    if whole is not None:
        return whole
    return int(value) + 1 if int(value) == wanted else int(value)


def proposal_of(line: Line) -> PurchaseProposal:
    """Return the proposal of a line; TypeError for a line of anything else."""
    if not isinstance(line.payload, PurchaseProposal):
        raise TypeError(f"{line.row_key} is no purchase proposal")
    return line.payload


def due_on(row: PurchaseProposal) -> date | None:
    """Return the day the goods are to be there: when they are expected, else when they have to be ordered."""
    return row.expected_on or row.order_by_date


def place_of(row: PurchaseProposal, target: Target) -> str:
    """Return what the far side calls the proposal's location."""
    return target.settings.locations.get(row.location_id, row.location_id)


def oldest(records: Sequence[Record], key: str = "id") -> Record | None:
    """Return the record that was made first: ours, when somebody copied it together with its reference."""
    return min(records, key=lambda record: record[key], default=None)


def currency_of(row: PurchaseProposal) -> str | None:
    """Return the currency of the proposal's price; a price without one is no price."""
    return row.currency if row.unit_cost_amount is not None else None


def reply(line: Line, name: str, units: float, *, is_refused: bool, is_ordered: bool, ordered_as: str = "") -> Said:
    """Return what a document says about its proposal; `units` is what will come, in stock units.

    `ordered_as` is what it was ordered under, where that is another document.
    """
    key, whole = line.row_key, whole_units(units)
    if is_refused:
        return ProposalAnswer(key, "refused", name), ()
    if whole is None:
        return None, (f"{key}: the quantity on {name} is no whole number of stock units",)
    if is_ordered:
        return ProposalAnswer(key, "ordered", ordered_as or name, whole), ()
    if whole != line.payload.quantity:
        return ProposalAnswer(key, "changed", name, whole), ()
    return ProposalAnswer(key, "accepted", name), ()


def gone(line: Line, what: str) -> Said:
    """Return what is said of a proposal that stands in no document."""
    return None, (f"{line.row_key}: no {what} carries it any more",)


def copies(line: Line, what: str, names: Sequence[str]) -> tuple[str, ...]:
    """Return what is said of a proposal that stands in several live documents, nothing for one."""
    more = len(names) > 1
    return (f"{line.row_key}: stands in the {what} {', '.join(names)}; cancel all but one",) if more else ()


def replies_of(said: Iterable[Said]) -> Replies:
    """Return all that was said together."""
    known = list(said)
    return Replies(
        tuple(answer for answer, _ in known if answer is not None), tuple(p for _, problems in known for p in problems)
    )
