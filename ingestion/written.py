"""Cells in a vendor's own form to the plain form that `parse` reads: decimal commas, currency signs, month names, epochs, words.

A cell that is not written exactly as its column declares becomes a text that nothing reads, so that it is refused even where the
plain form would have taken it: `1.234` in a column of decimal commas is not one and a bit.
"""

from __future__ import annotations

import re
from decimal import Decimal

import polars as pl

from ingestion import patterns
from ingestion.contract import PLAIN, Column, ColumnType, Written
from ingestion.moments import plain_moment
from ingestion.pages import ReadOptions
from ingestion.patterns import UNREADABLE

Layers = tuple[tuple[pl.Expr, ...], ...]

REASONS = ("ambiguous_date", "inexact_product", "other_currency")
_BLANKS = " \u00a0\u202f"
_NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.RATE)
_MOMENTS = (ColumnType.DATE, ColumnType.TIMESTAMP)
_SIGN_OF = {
    "USD": "$", "CAD": "$", "AUD": "$", "NZD": "$", "SGD": "$", "HKD": "$", "MXN": "$", "GBP": "£", "EUR": "€", "JPY": "¥",
    "CNY": "¥", "INR": "₹", "KRW": "₩", "PHP": "₱", "THB": "฿", "VND": "₫", "TRY": "₺",
}  # fmt: skip


def plain_layers(column: Column, text: str, options: ReadOptions) -> Layers:
    """Return what turns the judged texts of column `text` into the plain form in place; nothing for a plain column.

    Raises `HeldError` (`setting_missing`) where the form depends on a setting that the account does not have.
    """
    form = column.written
    if form == PLAIN:
        return ()
    found: Layers = ()
    if form.words and column.type is not ColumnType.TIMESTAMP:
        found += ((_translated(form, pl.col(text)).alias(text),),)
    if column.type in _NUMBERS:
        found += ((_plain_number(form, pl.col(text), options).alias(text),),)
        found += _product(column, text) if form.factor else ()
    if column.type in _MOMENTS and form.formats:
        found += plain_moment(column, text, options)
    return found


def written_reason(column: Column, text: pl.Expr) -> pl.Expr | None:
    """Return the reason of a text that its form refuses for a reason of its own; None where there is none."""
    if column.written == PLAIN:
        return None
    return pl.coalesce(*(pl.when(text == UNREADABLE + reason).then(pl.lit(reason)) for reason in REASONS))


def _translated(form: Written, text: pl.Expr) -> pl.Expr:
    words = {word.lower(): ours for word, ours in form.words}
    found = text.str.strip_chars().str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.String)
    return pl.coalesce(found, text)


def _unreadable(text: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit(UNREADABLE), text)


def _plain_number(form: Written, text: pl.Expr, options: ReadOptions) -> pl.Expr:
    """Return digits with a decimal point; thousands must stand in threes and a currency sign at one end."""
    mark = form.decimal_mark or options.decimal_mark
    # a system that writes either way by region parts thousands with the other of the two marks
    thousands = {".": ",", ",": "."}[mark] if form.thousands == mark else form.thousands
    parting = _one_of(_BLANKS if thousands in _BLANKS else thousands) if thousands else ""
    whole = rf"(?:[0-9]+|[0-9]{{1,3}}(?:{parting}[0-9]{{3}})+)" if parting else "[0-9]+"
    number = rf"(?:{whole}(?:{re.escape(mark)}[0-9]*)?|{re.escape(mark)}[0-9]+)"
    pattern = rf"[+-]?{number}"
    if form.signs:
        sign, gap = _one_of(form.signs), f"{_one_of(_BLANKS)}?"
        pattern = rf"{pattern}(?:{gap}{sign})?|[+-]?{sign}{gap}{number}|{sign}{gap}[+-]{number}"
    plain = text
    if form.signs or parting:
        taken = (
            (_one_of(form.signs + _BLANKS) if form.signs else "") + ("|" if form.signs and parting else "") + parting
        )
        plain = plain.str.replace_all(taken, "")
    if mark != ".":
        plain = plain.str.replace_all(mark, ".", literal=True)
    read = pl.when(text.str.contains(f"^(?:{pattern})$")).then(plain).otherwise(_unreadable(text))
    foreign = set(form.signs) - {_SIGN_OF[options.currency]} if options.currency in _SIGN_OF else set()
    if not foreign:
        return read
    return (
        pl.when(text.str.contains(_one_of("".join(foreign))))
        .then(pl.lit(UNREADABLE + "other_currency"))
        .otherwise(read)
    )


def _one_of(characters: str) -> str:
    return "[" + "".join(re.escape(character) for character in characters) + "]"


def _product(column: Column, text: str) -> Layers:
    """Return what multiplies plain digits by the declared factor, exactly, in units of the last decimal a column keeps."""
    factor = Decimal(column.written.factor)
    exponent = int(factor.as_tuple().exponent)
    times, over = int(factor.scaleb(max(-exponent, 0))), 10 ** max(-exponent, 0)
    is_rate = column.type is ColumnType.RATE
    scale, held = (10, patterns.EXACT_RATE) if is_rate else (4, patterns.EXACT_DECIMAL)
    units = 10**scale if column.type is ColumnType.INTEGER else 1
    digits, product = f"{text}.digits", f"{text}.product"
    readable = pl.col(text).str.contains(f"^(?:{patterns.DECIMAL})$") & pl.col(text).str.contains(f"^(?:{held})$")
    exact = pl.when(readable).then(pl.col(text).str.strip_prefix("+")).cast(pl.Decimal(18, scale), strict=False)
    multiplied = exact.cast(pl.String).str.replace(".", "", literal=True).cast(pl.Int128, strict=False) * times
    size = (pl.col(product).abs() // (over * units)).cast(pl.String)
    if units == 1:
        size = size.str.zfill(scale + 1)
        size = pl.concat_str(size.str.head(-scale), pl.lit("."), size.str.tail(scale))
    whole = pl.concat_str(pl.when(pl.col(product) < 0).then(pl.lit("-")).otherwise(pl.lit("")), size)
    return (
        (multiplied.alias(product), pl.col(text).alias(digits)),
        (
            pl.when(pl.col(product).is_null()).then(pl.col(digits))
            .when(pl.col(product) % (over * units) != 0).then(pl.lit(UNREADABLE + "inexact_product"))
            .otherwise(whole).alias(text),
        ),
    )  # fmt: skip
