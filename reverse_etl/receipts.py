"""Receipt files: what a purchaser's system, or a person, says became of the proposals of one file in the outbox.

`<file>.receipt.csv` (header by name, any order) or `<file>.receipt.json` (a list of objects) beside the file it answers:
proposal_id, status (accepted, changed, refused, ordered), reference, quantity. Pure: bytes in, answers and problems out.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ops import ANSWERS, OpsStore, ProposalAnswer, Receipt, is_known_receipt, take_receipt

SUFFIXES = (".receipt.csv", ".receipt.json")
_FIELDS = ("proposal_id", "status", "reference", "quantity")
_LARGEST_BYTES = 50_000_000
_LONGEST_TEXT = 500
_LARGEST_QUANTITY = 2_147_483_647


class ReceiptError(ValueError):
    """A receipt that cannot be read at all, in words."""


def parse_receipt(content: bytes, *, is_json: bool) -> tuple[tuple[ProposalAnswer, ...], tuple[str, ...]]:
    """Return the answers and, in words, every row that is none. A proposal that is answered twice differently has no answer.

    Raises nothing: a file that cannot be read at all is one problem.
    """
    try:
        rows = list(_json_rows(content) if is_json else _csv_rows(content))
    except ReceiptError as error:
        return (), (str(error),)
    answers: dict[str, ProposalAnswer] = {}
    problems, contradicted = [], set()
    for number, row in enumerate(rows, start=1):
        answer, problem = _answer(row)
        if answer is None:
            problems.append(f"row {number}: {problem}")
        elif answers.setdefault(answer.proposal_id, answer) != answer:
            contradicted.add(answer.proposal_id)
    problems += [f"{key}: answered twice, differently; it takes one answer" for key in sorted(contradicted)]
    return tuple(a for key, a in answers.items() if key not in contradicted), tuple(problems)


def read_receipts(store: OpsStore, outbox: Path, destination: str) -> tuple[str, ...]:
    """Take in every receipt of a destination that was not read before, oldest first; return problems in words."""
    folder = outbox / destination
    found = [p for p in folder.iterdir() if p.name.endswith(SUFFIXES) and p.is_file()] if folder.is_dir() else []
    problems: list[str] = []
    for path in sorted(found, key=lambda p: (p.stat().st_mtime_ns, p.name)):
        if path.stat().st_size > _LARGEST_BYTES:
            problems.append(f"{path.name}: larger than {_LARGEST_BYTES:,} bytes; no receipt is")
            continue
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if not is_known_receipt(store, destination, path.name, digest):
            answers, wrong = parse_receipt(content, is_json=path.suffix == ".json")
            taken = take_receipt(store, Receipt(destination, path.name, digest, answers, wrong))
            problems += [f"{path.name}: {problem}" for problem in taken]
    return tuple(problems)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReceiptError(f"not UTF-8 at byte {error.start}; save it as UTF-8") from error


def _csv_rows(content: bytes) -> Iterator[Mapping[str, Any]]:
    reader = csv.reader(io.StringIO(_text(content), newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        if len(set(header)) != len(header) or not {"proposal_id", "status"} <= set(header):
            raise ReceiptError(f"the header is {header}; it needs proposal_id and status, each column once")
        for cells in reader:
            if cells and any(cell.strip() for cell in cells):
                same = len(cells) == len(header)
                yield dict(zip(header, cells, strict=True)) if same else {"": f"{len(cells)} cells, not {len(header)}"}
    except csv.Error as error:
        raise ReceiptError(f"line {reader.line_num}: {error}") from error


def _json_rows(content: bytes) -> Iterator[Mapping[str, Any]]:
    try:
        document = json.loads(_text(content))
    except (ValueError, RecursionError) as error:
        raise ReceiptError(f"not JSON: {error}") from error
    rows = document.get("proposals") if isinstance(document, dict) else document
    if not isinstance(rows, list):
        raise ReceiptError("it needs a list of objects, or an object with a list `proposals`")
    for row in rows:
        yield row if isinstance(row, dict) else {"": "is no object"}


def _answer(row: Mapping[str, Any]) -> tuple[ProposalAnswer | None, str]:
    if "" in row and "proposal_id" not in row:
        return None, str(row[""])
    cells = {name: "" if row.get(name) is None else str(row[name]).strip() for name in _FIELDS}
    if not cells["proposal_id"] or any(len(cell) > _LONGEST_TEXT or not cell.isprintable() for cell in cells.values()):
        return None, f"proposal_id is blank, or a cell is longer than {_LONGEST_TEXT} or not printable"
    status = next((known for known in ANSWERS if known == cells["status"].lower()), None)
    if status is None:
        return None, f"status is {cells['status']!r}; it is one of {', '.join(ANSWERS)}"
    quantity, wrong = _quantity(row.get("quantity"), cells["quantity"])
    if wrong or (status == "changed" and quantity is None):
        return None, f"quantity is {cells['quantity']!r}; write a whole number of stock units, as 'changed' needs one"
    return ProposalAnswer(cells["proposal_id"], status, cells["reference"] or None, quantity), ""


def _quantity(given: object, text: str) -> tuple[int | None, bool]:
    if isinstance(given, bool | float) or (text and not (text.isascii() and text.isdigit() and len(text) <= 10)):
        return None, True
    number = int(text) if text else None
    return number, number is not None and number > _LARGEST_QUANTITY
