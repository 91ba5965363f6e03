"""Rows that broke a rule of their column, as quarantine rows that say which rule, where, and what was found."""

from __future__ import annotations

import json

import polars as pl

from ingestion.contract import Dialect, Feed
from ingestion.delimited.rejects import MASK, record_text
from ingestion.headers import MatchedHeaders

QUARANTINE = {
    "source_row": pl.Int64(), "line_no": pl.Int64(), "raw_text": pl.String(), "is_base64": pl.Boolean(),
    "reason_code": pl.String(), "column_name": pl.String(), "detail": pl.String(),
}  # fmt: skip
"""Columns of a refused row; grain: one record after the reshape."""
REASON = "_reason"
_OURS = ("_source_row", "_line_no")
"""Columns of a page that are not the file's; a source may well begin a name with `_`, as in `__parentId`."""
UNDECLARED = "_undeclared"
"""The column in which a page of JSON has the members that nobody declared, as JSON text."""
_EXCERPT = 60
LONGEST_TEXT = 4000

_EXPECTED = {
    "required_blank": "a value is required",
    "not_allowed": "expected one of the declared values",
    "not_integer": "expected a whole number without separators",
    "not_decimal": "expected a number with a decimal point and no separators",
    "too_precise": "expected at most 14 digits before and 4 after the point (8 and 10 for a rate)",
    "not_boolean": "expected true or false",
    "not_date": "expected a date as 2026-11-20",
    "not_timestamp": "expected an instant as 2026-11-20T06:00:00Z",
    "out_of_range": "expected a year from 1990 to 2099",
    "ambiguous_date": "two of the declared forms read this as different days",
    "other_currency": "expected an amount in the account's currency",
    "inexact_product": "expected a number that its factor makes one of our units exactly",
    "ambiguous_local_time": "the clock showed this time twice; write the offset",
    "nonexistent_local_time": "the clock skipped this time; write the offset",
    "negative": "expected zero or more",
    "identifier_damaged": "a spreadsheet has turned this identifier into a rounded number",
}
TYPED = frozenset(_EXPECTED)
"""Reasons of records that had cells: their text is the record as it can be read again."""


def refused_rows(typed: pl.DataFrame, frame: pl.DataFrame, feed: Feed, matched: MatchedHeaders) -> pl.DataFrame:
    """Return the quarantine rows of the records that `typed` refuses, with personal cells masked.

    `typed` has a verdict per row of `frame`, the record's text cells: `_reason`, `_reason_column`, `_source_row`, `_line_no`.
    """
    bad = typed[REASON].is_not_null()
    if not bad.any():
        return pl.DataFrame(schema=QUARANTINE)
    header = [name for name in frame.columns if name not in _OURS]
    rows = []
    verdicts = typed.filter(bad).select("_source_row", "_line_no", REASON, "_reason_column").iter_rows()
    for (source_row, line_no, code, column), cells in zip(
        verdicts, frame.filter(bad).iter_rows(named=True), strict=True
    ):
        source = matched.source.get(column, column)
        found = MASK if source in matched.personal else cells.get(source) or ""
        detail = f"{source}: {_EXPECTED[code]}, found {found[:_EXCERPT]!r}"
        shown = [MASK if name in matched.personal and cells[name] else cells[name] or "" for name in header]
        rows.append((source_row, line_no, _text(feed, header, shown)[:LONGEST_TEXT], False, code, column, detail))
    return pl.DataFrame(rows, schema=QUARANTINE, orient="row")


def _text(feed: Feed, header: list[str], cells: list[str]) -> str:
    """Return the record as it can be read again: in the file's own dialect, or as a JSON object of header and cell."""
    if isinstance(feed.form, Dialect):
        return record_text(cells, feed.form)
    return json.dumps({name: cell for name, cell in zip(header, cells, strict=True) if cell}, ensure_ascii=False)
