"""The written forms of typed cells, stated once: `parse` reads by them and the gate counts by them.

Source: the declared formats (ISO dates and instants, a decimal point, ASCII digits). Groups are left out so that every
regular-expression engine in use reads them alike.
"""

from __future__ import annotations

from ingestion.contract import ColumnType

INTEGER = r"[+-]?[0-9]{1,18}"
DECIMAL = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
EXACT_DECIMAL = r"[+-]?0*[0-9]{0,14}(?:\.[0-9]{0,4}0*)?"
"""What DECIMAL(18,4) holds without rounding."""
EXACT_RATE = r"[+-]?0*[0-9]{0,8}(?:\.[0-9]{0,10}0*)?"
"""What DECIMAL(18,10) holds without rounding."""
DAMAGED_IDENTIFIER = r"[0-9](?:\.[0-9]+)?E\+[0-9]{2,3}"
"""How a spreadsheet shows a long number: 1.23457E+11."""
TRUE, FALSE = ("true", "yes", "y", "1"), ("false", "no", "n", "0")

DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
MINUTE = r"[0-9]{2}:[0-9]{2}"
SECOND = r":[0-5][0-9]"
FRACTION = r"\.[0-9]{1,6}"
ZONE = r"Z|UTC|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9]"
INSTANT = rf"{DAY}[T ]{MINUTE}(?:{SECOND})?(?:{FRACTION})?0* ?(?:{ZONE})?"

WRITTEN: dict[ColumnType, str] = {
    ColumnType.INTEGER: INTEGER,
    ColumnType.DECIMAL: DECIMAL,
    ColumnType.RATE: DECIMAL,
    ColumnType.BOOLEAN: "(?i:" + "|".join(TRUE + FALSE) + ")",
    ColumnType.DATE: DAY,
    ColumnType.TIMESTAMP: INSTANT,
}
"""By type, the whole text of a cell that can be read; types of free text are absent."""
EARLIEST_YEAR, LATEST_YEAR = 1990, 2099
"""Dates outside are spreadsheet accidents (1899, 9999), not business; and rules of summer time are known to 2099 only."""
UNREADABLE = "\x00"
"""Begins a text that no type reads, put in place of a cell not written as declared; what follows is a reason of its own."""
