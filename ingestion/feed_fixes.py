"""What a person can do about a refused cell or a held file, by the code of its reason."""

from __future__ import annotations

from ingestion.contract import Feed

_NUMBER = "say how the export writes numbers: decimal_mark, thousands, signs or factor of columns.{column}"
_MOMENT = 'write the export\'s form under columns.{column}.formats, like "%d/%m/%Y %H:%M"'
_IN_MAPPING = {
    "required_blank": "fill it in the export, or add a constant to columns.{column}",
    "not_allowed": "translate the word under columns.{column}.words",
    "not_boolean": "translate the word under columns.{column}.words to true or false",
    "not_integer": _NUMBER,
    "not_decimal": _NUMBER,
    "too_precise": _NUMBER,
    "not_date": _MOMENT,
    "not_timestamp": _MOMENT,
    "ambiguous_local_time": "export with an offset, or correct columns.{column}.zone",
    "nonexistent_local_time": "correct columns.{column}.zone: this is not the clock the export follows",
    "ambiguous_date": "two of columns.{column}.formats read it differently: keep the one the export follows",
    "inexact_product": "columns.{column}.factor makes no exact number of it: correct the factor",
    "ragged": "check csv.delimiter and csv.quote; a text that holds the delimiter must be quoted",
    "malformed_quote": "check csv.quote",
    "undecodable": "name the export's encoding in csv.encodings",
}
_IN_EXPORT = {
    "required_blank": "fill it in the source system and export again",
    "identifier_damaged": "export again and do not save the file in a spreadsheet program",
    "out_of_range": "correct the date in the source system",
    "negative": "correct the quantity in the source system, or map the column that counts upwards",
    "control_character": "export again as plain text",
    "field_too_long": "shorten the text in the source system",
    "duplicate_key": "export again: nobody can know which of the two values holds",
    "malformed_json": "export again: the line is cut or damaged",
    "unknown_record_type": "leave this kind of record out of the export, or declare a feed for it",
}
_HELD_MAPPED = {
    "unknown_header": "compare the headers above with the mapping; check csv.delimiter, csv.quote and csv.header_within",
    "missing_column": "add the export's present header to the column's headers, or set optional = true where it may be absent",
    "ambiguous_header": "take a header into one mapping that the other does not have",
    "duplicate_header": "export the column once",
    "encoding": "name the export's encoding in csv.encodings",
    "trailer_mismatch": "export again: the file ends before its own count of records",
    "unknown_record": "check json.records, json.rows and json.marks",
    "packed": "unpack the file first",
}
_HELD = {
    "unknown_header": "check that this is an export of the system, or write a mapping for it",
    "missing_column": "export again with all columns",
    "unknown_record": "check that this is an export of the system, or write a mapping for it",
    "malformed_json": "export again: the file is cut or damaged",
    "packed": "unpack the file first",
}
_AGAIN = "correct it in the source system and export again"


def fix_of(reason: str, column: str, feed: Feed) -> str:
    """Return what to do about one refused cell or record of a feed."""
    text = _IN_MAPPING.get(reason) if feed.is_mapped else None
    return (text or _IN_EXPORT.get(reason, _AGAIN)).replace("{column}", column)


def held_fix(reason: str, feed: Feed) -> str:
    """Return what to do about a file that is held whole."""
    return (_HELD_MAPPED if feed.is_mapped else _HELD).get(reason, _AGAIN)
