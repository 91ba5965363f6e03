"""Text cells to typed values, column by column, as polars expressions; what does not parse gets a reason, never a guess.

Thousands separators, currency signs and day-first dates are refused unless the column declares them (`written`); full-width
digits, `NaN` and instants that a clock change makes ambiguous always: each could be read in two ways.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ingestion import patterns
from ingestion.contract import Column, ColumnType
from ingestion.pages import ReadOptions
from ingestion.written import Layers, plain_layers, written_reason

_BLANKS = " \t\r\n\u00a0\u2007\u202f"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A column's typed value and the reason it is refused; the value is null where the reason is not."""

    value: pl.Expr
    reason: pl.Expr


def cell(column: Column, source: str) -> pl.Expr:
    """Return the cell's text as it is judged: trimmed unless free text, blank and null tokens as null."""
    text = pl.col(source)
    trimmed = text.str.strip_chars(_BLANKS)
    if column.excel_guard:
        trimmed = trimmed.str.strip_prefix("'")
    gone = trimmed == ""
    if column.null_tokens:
        gone = gone | trimmed.str.to_lowercase().is_in([token.lower() for token in column.null_tokens])
    if column.type is ColumnType.TEXT and not column.allowed:
        # free text stays exactly as written; only an empty cell, or one of nothing but blanks where a value is due, is null
        kept, gone = text, (gone if not column.nullable or column.null_tokens else text == "")
    else:
        kept = trimmed
    return pl.when(gone).then(None).otherwise(kept)


def layers(column: Column, text: str, options: ReadOptions) -> Layers:
    """Return what has to be read off the judged text before `parse`, as successive layers of named columns.

    `text` is the name of the judged text's column. One expression instead of layers would be the same, but its size grows with
    every reuse of a part, and planning it costs ten times what reading does. Raises `HeldError` where a setting is missing.
    """
    plain = plain_layers(column, text, options)
    if column.type is not ColumnType.TIMESTAMP:
        return plain
    zone = column.written.zone or options.time_zone
    written, local, offset = f"{text}.written", f"{text}.local", f"{text}.offset"
    unzoned = pl.when(pl.col(offset).is_null()).then(pl.col(local))
    return (
        *plain,
        (pl.when(_is(pl.col(text), patterns.INSTANT)).then(pl.col(text)).alias(written),),
        (_clock_reading(pl.col(written)).alias(local), _offset_minutes(pl.col(written)).alias(offset)),
        (
            _to_utc(unzoned, zone, "earliest").alias(f"{text}.first"),
            _to_utc(unzoned, zone, "null").alias(f"{text}.once"),
        ),
    )


def parse(column: Column, text: str) -> Parsed:
    """Return the typed value and refusal reason of a column whose judged text, with its `layers`, is in column `text`."""
    parsed = _BY_TYPE[column.type](column, pl.col(text))
    value, reason = parsed.value, parsed.reason
    if (of_form := written_reason(column, pl.col(text))) is not None:
        reason = pl.coalesce(of_form, reason)
    if column.non_negative:
        reason = pl.coalesce(reason, pl.when(value < 0).then(pl.lit("negative")))
    if not column.nullable:
        reason = pl.coalesce(pl.when(pl.col(text).is_null()).then(pl.lit("required_blank")), reason)
    return Parsed(value.str.head(column.keep_prefix) if column.keep_prefix else value, reason)


def _text(column: Column, text: pl.Expr) -> Parsed:
    if not column.allowed:
        return Parsed(text, pl.lit(None, pl.String))
    canonical = text.str.to_lowercase().replace_strict(
        {value.lower(): value for value in column.allowed}, default=None, return_dtype=pl.String
    )
    return Parsed(canonical, _unless(canonical.is_not_null(), text, "not_allowed"))


def _identifier(column: Column, text: pl.Expr) -> Parsed:
    known = _text(column, text)
    damaged = pl.when(_is(text, patterns.DAMAGED_IDENTIFIER)).then(pl.lit("identifier_damaged"))
    return Parsed(known.value, pl.coalesce(damaged, known.reason))


def _integer(column: Column, text: pl.Expr) -> Parsed:
    fits = _is(text, patterns.INTEGER)
    value = pl.when(fits).then(text.str.strip_prefix("+")).cast(pl.Int64, strict=False)
    return Parsed(value, _unless(fits, text, "not_integer"))


def _decimal(column: Column, text: pl.Expr) -> Parsed:
    is_rate = column.type is ColumnType.RATE
    number, exact = _is(text, patterns.DECIMAL), _is(text, patterns.EXACT_RATE if is_rate else patterns.EXACT_DECIMAL)
    digits = pl.when(number & exact).then(text.str.strip_prefix("+"))
    reason = pl.coalesce(_unless(number, text, "not_decimal"), _unless(exact, text, "too_precise"))
    return Parsed(digits.cast(pl.Decimal(18, 10 if is_rate else 4), strict=False), reason)


def _boolean(column: Column, text: pl.Expr) -> Parsed:
    word = text.str.to_lowercase()
    value = pl.when(word.is_in(list(patterns.TRUE))).then(True).when(word.is_in(list(patterns.FALSE))).then(False)
    return Parsed(value, _unless(value.is_not_null(), text, "not_boolean"))


def _date(column: Column, text: pl.Expr) -> Parsed:
    value = pl.when(_is(text, patterns.DAY)).then(text).str.to_date("%Y-%m-%d", strict=False)
    in_range = value.dt.year().is_between(patterns.EARLIEST_YEAR, patterns.LATEST_YEAR)
    return Parsed(
        pl.when(in_range).then(value),
        pl.coalesce(_unless(value.is_not_null(), text, "not_date"), _unless(in_range, text, "out_of_range")),
    )


def _timestamp(column: Column, text: pl.Expr) -> Parsed:
    name = text.meta.output_name()
    local, offset, first, once = (pl.col(f"{name}.{part}") for part in ("local", "offset", "first", "once"))
    value = pl.coalesce(once, local - pl.duration(minutes=offset))
    in_range = local.dt.year().is_between(patterns.EARLIEST_YEAR, patterns.LATEST_YEAR)
    unsure = local.is_not_null() & offset.is_null() & once.is_null()
    reason = (
        pl.when(text.is_null()).then(None)
        .when(local.is_null()).then(pl.lit("not_timestamp"))
        .when(~in_range).then(pl.lit("out_of_range"))
        .when(unsure & first.is_null()).then(pl.lit("nonexistent_local_time"))
        .when(unsure).then(pl.lit("ambiguous_local_time"))
    )  # fmt: skip
    return Parsed(pl.when(in_range).then(value), reason)


def _clock_reading(written: pl.Expr) -> pl.Expr:
    """Return the date and time as written, offset aside; null for a day or hour that no calendar has.

    Cut by position, which the pattern has made sure of: several times faster than capturing groups.
    """
    second = pl.when(written.str.slice(16, 1) == ":").then(written.str.slice(16, 3)).otherwise(pl.lit(":00"))
    whole = pl.concat_str(written.str.slice(0, 10), pl.lit(" "), written.str.slice(11, 5), second)
    part = written.str.extract(r"\.([0-9]{1,6})", 1).str.pad_end(6, "0").cast(pl.Int64).fill_null(0)
    return whole.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False) + pl.duration(microseconds=part)


def _offset_minutes(written: pl.Expr) -> pl.Expr:
    """Return the stated offset from UTC in minutes; null where none is stated."""
    signs = ["+", "-"]
    colon, plain = written.str.slice(-6, 1), written.str.slice(-5, 1)
    hours = (
        pl.when(colon.is_in(signs))
        .then(written.str.slice(-5, 2))
        .when(plain.is_in(signs))
        .then(written.str.slice(-4, 2))
    )
    minutes = hours.cast(pl.Int64) * 60 + pl.when(hours.is_not_null()).then(written.str.slice(-2)).cast(pl.Int64)
    signed = pl.when((colon == "-") | (plain == "-")).then(-minutes).otherwise(minutes)
    universal = written.str.ends_with("Z") | written.str.ends_with("UTC")
    return pl.when(universal).then(pl.lit(0, pl.Int64)).otherwise(signed)


def _to_utc(local: pl.Expr, zone: str, ambiguous: str) -> pl.Expr:
    zoned = local.dt.replace_time_zone(zone, ambiguous=ambiguous, non_existent="null")  # type: ignore[arg-type]
    return zoned.dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def _is(text: pl.Expr, pattern: str) -> pl.Expr:
    return text.str.contains(f"^(?:{pattern})$")


def _unless(good: pl.Expr, text: pl.Expr, reason: str) -> pl.Expr:
    """Return the reason where there is a text and it is not good."""
    return pl.when(text.is_not_null() & ~good.fill_null(False)).then(pl.lit(reason))


_BY_TYPE = {
    ColumnType.TEXT: _text,
    ColumnType.IDENTIFIER: _identifier,
    ColumnType.INTEGER: _integer,
    ColumnType.DECIMAL: _decimal,
    ColumnType.RATE: _decimal,
    ColumnType.BOOLEAN: _boolean,
    ColumnType.DATE: _date,
    ColumnType.TIMESTAMP: _timestamp,
}
