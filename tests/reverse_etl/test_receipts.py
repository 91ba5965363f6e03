"""Receipt files: whatever bytes they hold, every row is an answer or a problem, and none is guessed."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops import ANSWERS, ProposalAnswer
from reverse_etl.receipts import parse_receipt

text = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Zs", "Co", "Cn")), min_size=1, max_size=20
)
answers = st.builds(
    ProposalAnswer, text, st.sampled_from(["accepted", "refused", "ordered"]), st.none() | text,
    st.none() | st.integers(0, 2**31 - 1),
)  # fmt: skip


def rows_of(given_answers):
    return [
        {"proposal_id": a.proposal_id, "status": a.status, "reference": a.reference, "quantity": a.quantity}
        for a in given_answers
    ]  # fmt: skip


def as_csv(rows, columns=("quantity", "status", "proposal_id", "reference")):
    out = io.StringIO()
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


@given(st.lists(answers, max_size=8, unique_by=lambda a: a.proposal_id))
def test_what_is_written_is_read_in_both_forms(written):
    expected = (tuple(written), ())
    assert parse_receipt(as_csv(rows_of(written)), is_json=False) == expected
    assert parse_receipt(b"\xef\xbb\xbf" + as_csv(rows_of(written)), is_json=False) == expected
    assert parse_receipt(json.dumps(rows_of(written)).encode(), is_json=True) == expected
    assert parse_receipt(json.dumps({"proposals": rows_of(written)}).encode(), is_json=True) == expected


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_end_in_answers_or_problems(content, is_json):
    found, problems = parse_receipt(content, is_json=is_json)
    assert all(answer.status in ANSWERS and answer.proposal_id for answer in found)
    assert all(problem and problem.strip() for problem in problems)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"status": "accepted"}, "row 1: proposal_id is blank"),
        ({"proposal_id": "P", "status": "yes"}, "row 1: status is 'yes'; it is one of accepted, changed, refused, ordered"),
        ({"proposal_id": "P", "status": "changed"}, "row 1: quantity is ''"),
        ({"proposal_id": "P", "status": "ordered", "quantity": "1.5"}, "row 1: quantity is '1.5'"),
        ({"proposal_id": "P", "status": "ordered", "quantity": "-1"}, "row 1: quantity is '-1'"),
        ({"proposal_id": "P", "status": "ordered", "quantity": "2147483648"}, "row 1: quantity is '2147483648'"),
        ({"proposal_id": "P", "status": "ordered", "quantity": "\uff11"}, "row 1: quantity is '\uff11'"),
        ({"proposal_id": "P" * 501, "status": "ordered"}, "row 1: proposal_id is blank, or a cell is longer than 500"),
    ],
)  # fmt: skip
def test_a_row_that_says_too_little_is_named(row, problem):
    for content, is_json in ((json.dumps([row]).encode(), True), (as_csv([row]), False)):
        found, (said,) = parse_receipt(content, is_json=is_json)
        assert found == ()
        assert said.startswith(problem)


@pytest.mark.parametrize(
    ("content", "is_json", "problem"),
    [
        (b"", False, "the header is []"), (b"id,status\nP,accepted\n", False, "the header is ['id', 'status']"),
        (b"proposal_id,status,status\n", False, "each column once"), (b"\xff\xfe", False, "not UTF-8 at byte 0"),
        (b'proposal_id,status\n"P', False, "line 2"), (b"{", True, "not JSON"), (b"{}", True, "it needs a list"),
        (b"[" * 100_000, True, "not JSON"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_one_problem(content, is_json, problem):
    found, (said,) = parse_receipt(content, is_json=is_json)
    assert found == ()
    assert problem in said


def test_rows_of_the_wrong_width_and_true_or_fractional_json_numbers_are_no_answers():
    found, problems = parse_receipt(b"proposal_id,status\nP,accepted,3\n\nQ,ordered\n", is_json=False)
    assert (found, problems) == ((ProposalAnswer("Q", "ordered"),), ("row 1: 3 cells, not 2",))
    rows = [{"proposal_id": "P", "status": "ordered", "quantity": given} for given in (True, 3.0)] + [7]
    found, problems = parse_receipt(json.dumps(rows).encode(), is_json=True)
    assert (found, len(problems)) == ((), 3)


def test_two_different_answers_about_one_proposal_are_none_and_the_same_twice_is_one():
    rows = [
        {"proposal_id": p, "status": s}
        for p, s in (("P", "accepted"), ("Q", "ordered"), ("P", "refused"), ("Q", "ordered"))
    ]
    found, problems = parse_receipt(json.dumps(rows).encode(), is_json=True)
    assert found == (ProposalAnswer("Q", "ordered"),)
    assert problems == ("P: answered twice, differently; it takes one answer",)
