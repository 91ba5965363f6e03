"""Dates and instants in declared `strptime` patterns, or as numbers since 1970, to the plain ISO form that `parse` reads.

The patterns are matched by expressions of our own, the whole cell and within the ranges of a calendar: what a parser would
let through besides (signs, blanks, missing zeros between digits) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from ingestion import patterns
from ingestion.contract import Column, ColumnType
from ingestion.pages import HeldError, ReadOptions
from ingestion.patterns import UNREADABLE

_DATE_ORDER = {"dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y"}
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_NUMERIC = "YymdeHIMSf"


def plain_moment(column: Column, text: str, options: ReadOptions) -> tuple[tuple[pl.Expr, ...], ...]:
    """Return what reads the declared formats; a cell that two of them read differently is refused."""
    shapes = [_shape(pattern, options) for pattern in column.written.formats]
    cuts = tuple(
        pl.col(text).str.extract_groups(shape.regex).alias(f"{text}.cut{n}")
        for n, shape in enumerate(shapes)
        if shape.parts
    )
    is_day = column.type is ColumnType.DATE
    zones = {word.upper(): offset for word, offset in column.written.words}
    read = tuple(
        (_assembled(f"{text}.cut{n}", shape, zones, is_day=is_day) if shape.parts else _since_1970(text, shape.regex))
        .alias(f"{text}.read{n}")
        for n, shape in enumerate(shapes)
    )  # fmt: skip
    names = [f"{text}.read{n}" for n in range(len(shapes))]
    if len(names) == 1:
        return cuts, read, (pl.coalesce(pl.col(names[0]), pl.concat_str(pl.lit(UNREADABLE), pl.col(text))).alias(text),)
    # a format that reads a day no calendar has has not read the cell
    real = tuple(pl.when(pl.col(n).str.head(10).str.to_date("%Y-%m-%d", strict=False).is_not_null()).then(pl.col(n)).alias(n)
                 for n in names)  # fmt: skip
    first = pl.coalesce(*names)
    unsure = pl.any_horizontal(*((pl.col(name) != first).fill_null(value=False) for name in names))
    chosen = (
        pl.when(unsure).then(pl.lit(UNREADABLE + "ambiguous_date"))
        .otherwise(pl.coalesce(first, pl.concat_str(pl.lit(UNREADABLE), pl.col(text)))).alias(text)
    )  # fmt: skip
    return cuts, read, real, (chosen,)


@dataclass(frozen=True, slots=True)
class _Shape:
    """A format as a regular expression with one group per part; a number since 1970 has no parts."""

    regex: str
    parts: frozenset[str]


def _shape(pattern: str, options: ReadOptions) -> _Shape:
    if pattern in {"epoch_ms", "epoch_s"}:
        return _Shape(pattern, frozenset())
    if "{day}" in pattern:
        if options.date_order is None:
            raise HeldError(
                "setting_missing",
                "this export writes day and month in an order that depends on the account; set date_order"
                ' = "dmy" or "mdy" in its [accounts.<name>] section',
            )
        pattern = pattern.replace("{day}", _DATE_ORDER[options.date_order])
    tokens = re.findall(r"%\.f|%.|[^%]+", pattern.replace("%T", "%H:%M:%S"))
    pieces = list(_pieces(tokens))
    return _Shape("^" + "".join(pieces) + "$", frozenset(re.findall(r"\(\?P<(\w+)>", "".join(pieces))))


def _pieces(tokens: list[str]) -> Iterator[str]:
    for at, token in enumerate(tokens):
        if not token.startswith("%"):
            yield re.escape(token)
            continue
        beside = (tokens[at - 1 : at] or [""]) + tokens[at + 1 : at + 2]
        # digits that touch other digits must be of fixed width, or 11/2 and 1/12 look alike
        touches = any(other.startswith("%") and other[-1] in _NUMERIC for other in beside)
        zero = "0" if touches else "0?"
        yield {
            "%Y": "(?P<Y>[0-9]{4})", "%y": "(?P<y>[0-9]{2})",
            "%m": f"(?P<m>{zero}[1-9]|1[0-2])", "%d": f"(?P<d>{zero}[1-9]|[12][0-9]|3[01])",
            "%e": "(?P<d>[ 0]?[1-9]|[12][0-9]|3[01])", "%H": f"(?P<H>{zero}[0-9]|1[0-9]|2[0-3])",
            "%I": f"(?P<I>{zero}[1-9]|1[0-2])", "%M": "(?P<M>[0-5][0-9])", "%S": "(?P<S>[0-5][0-9])",
            "%f": "(?P<f>[0-9]{1,6})", "%.f": r"(?:\.(?P<f>[0-9]{1,6}))?", "%p": "(?P<p>(?i:[ap]m))",
            "%b": "(?P<b>(?i:" + "|".join(month[:3] for month in _MONTHS) + "))",
            "%B": "(?P<b>(?i:" + "|".join(_MONTHS) + "))", "%z": f"(?P<z>{patterns.ZONE})",
            "%Z": "(?P<Z>[A-Za-z]{2,5})", "%%": "%",
        }[token]  # fmt: skip


def _assembled(cut: str, shape: _Shape, zones: dict[str, str], *, is_day: bool) -> pl.Expr:
    """Return the plain text of one format's parts, null where the format did not match."""

    def part(name: str) -> pl.Expr:
        return pl.col(cut).struct.field(name)

    def two(name: str) -> pl.Expr:
        return part(name).str.strip_chars().str.zfill(2)

    short = (
        pl.when(part("y").cast(pl.Int64) < 69).then(pl.lit("20")).otherwise(pl.lit("19"))
        if "y" in shape.parts
        else None
    )
    year = part("Y") if short is None else pl.concat_str(short, part("y"))
    names = {month[:3]: f"{number:02}" for number, month in enumerate(_MONTHS, start=1)}
    month = (
        part("b").str.to_lowercase().str.head(3).replace_strict(names, default=None) if "b" in shape.parts else two("m")
    )
    day = pl.concat_str(year, month, two("d"), separator="-")
    if is_day:
        return day
    clock = [_hour(two, part) if "I" in shape.parts else two("H") if "H" in shape.parts else pl.lit("00")]
    clock += [two(name) if name in shape.parts else pl.lit("00") for name in "MS"]
    whole = [day, pl.lit(" "), pl.concat_str(*clock, separator=":")]
    if "f" in shape.parts:
        whole.append(pl.concat_str(pl.lit("."), part("f")).fill_null(""))
    if "z" in shape.parts:
        whole.append(part("z"))
    if "Z" in shape.parts:
        whole.append(part("Z").str.to_uppercase().replace_strict(zones, default=None, return_dtype=pl.String))
    return pl.concat_str(whole)


def _hour(two: Callable[[str], pl.Expr], part: Callable[[str], pl.Expr]) -> pl.Expr:
    """Return the hour of the whole day for a clock of twelve hours."""
    hour = two("I").cast(pl.Int64) % 12 + pl.when(part("p").str.to_lowercase() == "pm").then(12).otherwise(0)
    return hour.cast(pl.String).str.zfill(2)


def _since_1970(text: str, unit: str) -> pl.Expr:
    digits, scale = (14, 1000) if unit == "epoch_ms" else (11, 1_000_000)
    number = pl.when(pl.col(text).str.contains(f"^[0-9]{{1,{digits}}}$")).then(pl.col(text)).cast(pl.Int64)
    return (number * scale).cast(pl.Datetime("us")).dt.to_string("%Y-%m-%dT%H:%M:%S%.6fZ")
