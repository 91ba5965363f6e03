"""How the text columns of a page become typed ones: the expressions of a feed's declaration for one header, made once.

Making them takes longer than typing fifty rows with them, and files of one feed come with the same few headers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import polars as pl

from ingestion.contract import Column, ColumnType, Feed
from ingestion.headers import MatchedHeaders
from ingestion.pages import ReadOptions
from ingestion.parse import cell, layers, parse
from ingestion.refusals import REASON

POLARS_TYPE: dict[ColumnType, pl.DataType] = {
    ColumnType.TEXT: pl.String(),
    ColumnType.IDENTIFIER: pl.String(),
    ColumnType.INTEGER: pl.Int64(),
    ColumnType.DECIMAL: pl.Decimal(18, 4),
    ColumnType.RATE: pl.Decimal(18, 10),
    ColumnType.BOOLEAN: pl.Boolean(),
    ColumnType.TIMESTAMP: pl.Datetime("us"),
    ColumnType.DATE: pl.Date(),
}
UNDECLARED = "_undeclared"
"""The column in which a JSON page brings its undeclared members."""

_KEPT = 256
_Key = tuple[int, tuple[str, ...], str, str | None, str, str]
_plans: dict[_Key, tuple[Feed, Plan]] = {}


@dataclass(frozen=True, slots=True)
class Plan:
    """`read` are steps that add columns, in order; `chosen` the columns that stay, `last` what is made of them.

    `reasons` names, by column, the column that holds its own reason.
    """

    read: tuple[tuple[pl.Expr, ...], ...]
    chosen: tuple[pl.Expr, ...]
    last: tuple[pl.Expr, ...]
    reasons: Mapping[str, str]

    def judged(self, frame: pl.DataFrame, constants: Mapping[str, pl.Expr]) -> pl.DataFrame:
        """Return the typed columns, the reasons and the `constants` of a page."""
        lazy = frame.lazy()
        for step in self.read:
            lazy = lazy.with_columns(*step)
        beside = (value.alias(name) for name, value in constants.items())
        return lazy.select(*self.chosen).with_columns(*self.last, *beside).collect()


def plan_of(feed: Feed, matched: MatchedHeaders, columns: Sequence[str], options: ReadOptions) -> Plan:
    """Return the plan for pages of `feed` with these columns; raises `HeldError` where a setting is missing."""
    key = (id(feed), tuple(columns), options.time_zone, options.date_order, options.decimal_mark, options.currency)
    if key not in _plans:
        if len(_plans) >= _KEPT:
            _plans.clear()
        # the feed is kept beside its plan, so that its identity stays its own
        _plans[key] = (feed, _made(feed, matched, columns, options))
    return _plans[key][1]


def _made(feed: Feed, matched: MatchedHeaders, columns: Sequence[str], options: ReadOptions) -> Plan:
    values: list[pl.Expr] = []
    reasons: dict[str, pl.Expr] = {}
    for column in feed.stored_columns:
        if column.name not in matched.source and not column.constant:
            values.append(pl.lit(None, POLARS_TYPE[column.type]).alias(column.name))
            continue
        parsed = parse(column, _judged(column))
        values.append(parsed.value.cast(POLARS_TYPE[column.type]).alias(column.name))
        reasons[column.name] = parsed.reason.alias(_reason(column.name))
    codes = {name: pl.col(_reason(name)) for name in reasons}
    names = [pl.when(code.is_not_null()).then(pl.lit(name)) for name, code in codes.items()]
    extra = _extra(columns, matched.added).alias("_extra")
    return Plan(
        _steps(feed, matched, options),
        (*values, *reasons.values(), pl.col("_source_row"), pl.col("_line_no"), extra),
        (pl.coalesce(*codes.values()).alias(REASON), pl.coalesce(*names).alias("_reason_column")),
        {name: _reason(name) for name in reasons},
    )


def _steps(feed: Feed, matched: MatchedHeaders, options: ReadOptions) -> tuple[tuple[pl.Expr, ...], ...]:
    """Return each present column's judged text and, layer by layer, what its type has to read off it first."""
    present = [column for column in feed.stored_columns if column.name in matched.source or column.constant]
    texts = tuple(_text(c, matched.source.get(c.name)).alias(_judged(c)) for c in present)
    further = zip_longest(*(layers(c, _judged(c), options) for c in present), fillvalue=())
    return (texts, *(tuple(expression for part in layer for expression in part) for layer in further))


def _reason(column: str) -> str:
    return f"{REASON}.{column}"


def _judged(column: Column) -> str:
    return f"_judged.{column.name}"


def _text(column: Column, source: str | None) -> pl.Expr:
    text = pl.lit(None, pl.String) if source is None else cell(column, source)
    return text.fill_null(pl.lit(column.constant)) if column.constant else text


def _extra(columns: Sequence[str], added: tuple[str, ...]) -> pl.Expr:
    """Return a JSON object of the undeclared cells that hold something, or null; a JSON page brings its own."""
    if UNDECLARED in columns:
        return pl.col(UNDECLARED)
    if not added:
        return pl.lit(None, pl.String)
    members = [
        # a one-field object written by the JSON encoder, without its braces: exact escapes, blanks left out
        pl.when(pl.col(name) != "").then(pl.struct(pl.col(name)).struct.json_encode().str.head(-1).str.slice(1))
        for name in added
    ]
    joined = pl.concat_str(members, separator=",", ignore_nulls=True)
    return pl.when(joined != "").then(pl.concat_str(pl.lit("{"), joined, pl.lit("}")))
