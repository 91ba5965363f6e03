"""When a lower number may be sent although the last write of its row may still land, and what its answer is worth then.

Only downwards: below what is shown, and below the number in doubt. Whatever lands late is then found by reading back once nothing
can land any more; no answer settles the row before that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ops import OVERTAKES, Intent, RowOutcome
from reverse_etl.payloads import Payload
from reverse_etl.resolve import Move
from reverse_etl.verdict import Verdict


def may_overtake(payload: Payload | None, shown: int | None, in_doubt: int | None) -> bool:
    """Whether the row's number is lower than the one shown and than the one in doubt; what is unknown is not lower."""
    return (
        payload is not None and shown is not None and in_doubt is not None and payload.quantity < min(shown, in_doubt)
    )


def overtaking(intents: Iterable[Intent]) -> frozenset[str]:
    """Return the keys of the rows that are sent in spite of a write in doubt."""
    return frozenset(intent.row_key for intent in intents if intent.reason == OVERTAKES)


def only_downwards(move: Move, keys: frozenset[str]) -> Move:
    """Keep a row that overtakes back unless it still lowers what is shown now, just before it would be sent."""
    if move.line.row_key not in keys or move.kind == "hold":
        return move
    base = move.line.base
    lowers = move.kind == "write" and base is not None and move.line.payload.quantity < base
    return move if lowers else Move("hold", move.line, "in_doubt")


def kept_in_doubt(verdict: Verdict, keys: frozenset[str]) -> Verdict:
    """Return the verdict with every row that overtakes left open: an answer says nothing of what may land after it."""
    if not keys & {row.row_key for row in verdict.rows}:
        return verdict
    rows = tuple(
        RowOutcome(row.row_key, "ambiguous", f"older_write_may_land: {row.reason or row.status}")
        if row.row_key in keys
        else row
        for row in verdict.rows
    )
    return replace(verdict, rows=rows, has_landed=False)
