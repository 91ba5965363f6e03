"""Whether a transaction's segments are those of its set, in their part of it, each of the form it should have."""

from __future__ import annotations

from collections.abc import Sequence

from company import X12Partner
from ingestion.x12.grammar import GRAMMARS, shape_problem
from ingestion.x12.lines import RefusedTransactionError
from ingestion.x12.tokens import Segment

_ONCE = frozenset({"CTT", "W03", "W14", "W76"})


def checked_body(code: str, body: Sequence[Segment], partner: X12Partner) -> list[Segment]:
    """Return the segments without the partner's own extra ones; raises `RefusedTransactionError`.

    Reasons: `missing_segment`, `unknown_segment`, `misplaced_segment`, `repeated_segment`, `bad_element`.
    """
    grammar = GRAMMARS[code]
    body = [segment for segment in body if segment.id not in partner.extra_segments]
    if not body or body[0].id != grammar.first:
        raise RefusedTransactionError("missing_segment", f"a {code} begins with {grammar.first}")
    everywhere = grammar.header | grammar.detail | grammar.summary
    allowed, seen = grammar.header, set()
    for place, segment in enumerate(body):
        where = f"segment {segment.number} ({segment.id})"
        if segment.id not in everywhere:
            raise RefusedTransactionError(
                "unknown_segment", f"segment {segment.number} is none of a {code}; x12.extra_segments lets more pass"
            )
        if segment.id in grammar.opens and allowed is grammar.header:
            allowed = grammar.detail
        elif segment.id in grammar.summary and segment.id not in allowed:
            allowed = grammar.summary
        if segment.id not in allowed:
            raise RefusedTransactionError("misplaced_segment", f"{where} stands in the wrong part of a {code}")
        if (segment.id == grammar.first and place) or (segment.id in _ONCE and segment.id in seen):
            raise RefusedTransactionError("repeated_segment", f"{where} stands twice")
        seen.add(segment.id)
        if problem := shape_problem(segment):
            raise RefusedTransactionError("bad_element", f"segment {segment.number}: {problem}")
    return body
