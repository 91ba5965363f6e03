"""Why a row shows another number than was written, told from the numbers that the journal holds. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ops import Difference, DriftClass, Occasion, Shadow, unsellable_part
from reverse_etl.api import Line


@dataclass(frozen=True, slots=True)
class Look:
    """One reading: on which occasion, for which run, and by row key what should be shown; without `wanted` each line says it."""

    occasion: Occasion
    run_id: str | None = None
    wanted: Mapping[str, int] | None = None

    def wants(self, line: Line) -> int | None:
        """Return what the row should show; None when nothing is wanted of it any more."""
        return line.payload.quantity if self.wanted is None else self.wanted.get(line.row_key)


def classify(seen: int | None, written: int, earlier: Sequence[int]) -> DriftClass | None:
    """Return why a row may show `seen` after `written`; `earlier` are the numbers before it, newest first.

    The number just before says that the last write did not last; an older one of ours, that a request landed late. What no write
    of ours explains is a sale when it is lower, for channels count down by themselves, and somebody's edit when it is higher.
    """
    if seen == written:
        return None
    if seen is None:
        return "row_gone"
    if earlier and seen == earlier[0]:
        return "lost_write"
    if seen in earlier:
        return "late_overwrite"
    return "sale_since_write" if seen < written else "foreign_edit"


def number_to_compare(line: Line, look: Look, known: Shadow | None) -> int | None:
    """Return the number that a reading should find; None where none was written, nor known.

    A reading that decides a write in doubt is compared with that write, any other with what was known to be shown.
    """
    if look.occasion == "settling":
        return line.payload.quantity
    number = json.loads(known.payload_json).get("quantity") if known else None
    return number if isinstance(number, int) else None


def difference(
    line: Line, seen: int | None, look: Look, *, known: Shadow | None, before: Sequence[int]
) -> Difference | None:
    """Return how a reading differs from what was written; None when it does not, or nothing was.

    `before` are the numbers written on the row, newest first, in doubt or not.
    """
    written = number_to_compare(line, look, known)
    if written is None:
        return None
    stated = json.loads(known.payload_json) if known else {}
    if look.occasion == "settling":
        shown = stated.get("quantity")
        before = (*([shown] if isinstance(shown, int) else []), *before)
        stated = {"quantity": written, "sellable_quantity": line.payload.sellable_quantity}
    drift = classify(seen, written, [number for number in before if number != written])
    if drift is None:
        return None
    return Difference(
        line.row_key, line.payload.sku_id, line.payload.channel_sku, look.wants(line), written, seen,
        unsellable_part(stated), drift,
    )  # fmt: skip
