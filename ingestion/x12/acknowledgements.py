"""What a partner says of what we sent: 997 and 999 (per group and transaction) and TA1 (per interchange)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from company import X12Partner
from ingestion.x12.lines import Line, RefusedTransactionError, day, element, instant, loops, one
from ingestion.x12.tokens import Segment


def read_acknowledgement(body: Sequence[Segment], _partner: X12Partner) -> Iterator[Line]:
    """997, 999: one line per transaction answered (AK2) and one for its group (AK9)."""
    header, answers = loops(body, "AK2", "AK9")
    ak1 = header[0]
    if not answers or answers[-1][0].id != "AK9":
        raise RefusedTransactionError("missing_segment", "an acknowledgement ends with AK9")
    common = {"functional_id": ak1.at(1), "acknowledged_group_control": ak1.at(2)}
    for answer in answers:
        first = answer[0]
        if first.id == "AK9":
            yield Line(answer, common | {
                "level": "group", "answer_code": first.at(1), "stated_sets": first.at(2), "received_sets": first.at(3),
                "accepted_sets": first.at(4),
            })  # fmt: skip
        else:
            yield Line(answer, common | {
                "level": "transaction", "acknowledged_set": first.at(1), "acknowledged_transaction_control": first.at(2),
                "answer_code": element(one(answer, "AK5", "IK5"), 1),
            })  # fmt: skip


def interchange_answer(ta1: Segment) -> Line:
    """TA1: what became of one of our interchanges."""
    return Line([ta1], {
        "level": "interchange", "acknowledged_interchange_control": ta1.at(1), "interchange_on": day(ta1.at(2)),
        "interchange_at": instant(ta1.at(2), ta1.at(3)), "answer_code": ta1.at(4), "note_code": ta1.at(5),
    })  # fmt: skip
