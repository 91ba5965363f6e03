"""What a cell of a declared column means, in plain Python on the standard library: written to disagree with the reader.

Each function returns the typed value, or raises `RefusedError`: the cell could be read in two ways, or in none.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.hostile.account import OPTIONS
from ingestion.contract import Column, ColumnType, Dialect

BLANKS = " \t\r\n\u00a0\u2007\u202f"
_MAIL = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+")
_INSTANT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6})0*)?)?(?: ?(Z|UTC|[+-]\d\d:?\d\d))?", re.ASCII
)
_DIGITS = {ColumnType.INTEGER: (18, 0), ColumnType.DECIMAL: (14, 4), ColumnType.RATE: (8, 10)}
_LATEST = 4_102_444_800
_BOOLEAN = {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}


class RefusedError(Exception):
    """The cell may not be loaded."""


class HashedError(Exception):
    """The cell is stored as a keyed hash, which is not compared."""


def meaning(column: Column, written: str, dialect: Dialect) -> Any:
    """Return what the cell means; raises `RefusedError`, or `HashedError` for a cell of which only a hash is kept."""
    text = written.strip(dialect.strip or None) if dialect.strip else written
    free = column.type is ColumnType.TEXT and not column.allowed
    trimmed = text.strip(BLANKS)
    if column.excel_guard:
        trimmed = trimmed.removeprefix("'")
    empty = trimmed == "" if not free or not column.nullable or column.null_tokens else text == ""
    if empty or trimmed.lower() in {token.lower() for token in column.null_tokens}:
        if column.constant:
            return meaning(column, column.constant, dialect)
        if not column.nullable:
            raise RefusedError("required_blank")
        return None
    value: Any = _masked(text) if free else _typed(column, trimmed)
    if column.pseudonym:
        raise HashedError
    if column.non_negative and value < 0:
        raise RefusedError("negative")
    return value[: column.keep_prefix] if column.keep_prefix else value


def _masked(text: str) -> str:
    return _MAIL.sub("***", text)


def _typed(column: Column, text: str) -> Any:
    words = {word.lower(): ours for word, ours in column.written.words}
    if column.type is not ColumnType.TIMESTAMP:
        text = words.get(text.lower(), text)
    match column.type:
        case ColumnType.INTEGER | ColumnType.DECIMAL | ColumnType.RATE:
            return _number(column, text)
        case ColumnType.BOOLEAN:
            if text.lower() not in _BOOLEAN:
                raise RefusedError("not_boolean")
            return _BOOLEAN[text.lower()]
        case ColumnType.DATE | ColumnType.TIMESTAMP:
            return _moment(column, text)
        case _:
            return _word(column, text)


def _word(column: Column, text: str) -> str:
    if column.type is ColumnType.IDENTIFIER and re.fullmatch(r"[0-9](\.[0-9]+)?E\+[0-9]{2,3}", text):
        raise RefusedError("identifier_damaged")
    if not column.allowed:
        return text
    known = {value.lower(): value for value in column.allowed}
    if text.lower() not in known:
        raise RefusedError("not_allowed")
    return known[text.lower()]


def _number(column: Column, text: str) -> int | Decimal:
    plain = _plain_number(column, text)
    if column.type is ColumnType.INTEGER and not column.written.factor:
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", plain):
            raise RefusedError("not_integer")
        return int(plain)
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)", plain):
        raise RefusedError("not_decimal")
    digits, scale = _DIGITS[column.type]
    with localcontext(prec=1000):
        value = Decimal(plain) * Decimal(column.written.factor or 1)
        if value != round(value, scale) or abs(value) >= 10**digits:
            raise RefusedError("too_precise")
    return int(value) if column.type is ColumnType.INTEGER else value


def _plain_number(column: Column, text: str) -> str:
    """Return the number with a decimal point alone; raises when marks do not stand where the form has them."""
    form = column.written
    mark = form.decimal_mark or OPTIONS.decimal_mark
    thousands = {".": ",", ",": "."}[mark] if form.thousands == mark else form.thousands
    if form.signs:
        text = (
            re.sub(rf"^([+-]?)[{re.escape(form.signs)}][ \u00a0\u202f]?(?=[^+-])", r"\1", text, count=1)
            if text[-1] not in form.signs
            else text[:-1].rstrip(" \u00a0\u202f")
        )
    whole, found, rest = text.partition(mark)
    if thousands and thousands in whole:
        if not re.fullmatch(rf"[+-]?[0-9]{{1,3}}({re.escape(thousands)}[0-9]{{3}})+", whole):
            raise RefusedError("not_decimal")
        whole = whole.replace(thousands, "")
    if mark != "." and "." in whole + rest:
        raise RefusedError("not_decimal")
    return whole + ("." if found else "") + rest


def _moment(column: Column, text: str) -> Any:
    if column.written.formats:
        return _formatted(column, text)
    if column.type is ColumnType.DATE:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise RefusedError("not_date")
        return _in_range(_calendar(date, *map(int, text.split("-"))))
    found = _INSTANT.fullmatch(text)
    if found is None:
        raise RefusedError("not_timestamp")
    *numbers, part, zone = found.groups()
    local = _in_range(_calendar(datetime, *(int(number or 0) for number in numbers)))
    return _universal(local + timedelta(microseconds=int((part or "0").ljust(6, "0"))), zone, column)


def _formatted(column: Column, text: str) -> Any:
    """Return what the declared patterns read, all alike."""
    readings = set()
    for pattern in column.written.formats:
        if pattern in {"epoch_ms", "epoch_s"}:
            if re.fullmatch(r"-?[0-9]+", text):
                if len(text) > 18:
                    raise RefusedError("not_timestamp")
                seconds = int(text) / (1000 if pattern == "epoch_ms" else 1)
                if abs(seconds) > _LATEST:
                    raise RefusedError("out_of_range")
                readings.add(_in_range(datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)))
            continue
        day = {"dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y"}[OPTIONS.date_order or "dmy"]
        asked, given, zone = pattern.replace("{day}", day).replace("%.f", ""), text, None
        if asked.endswith(("%Z", "%z")):
            found = re.fullmatch(r"(.*?)(\s*)(Z|[A-Za-z]{2,5}|[+-][0-9]{2}:?[0-9]{2})", text)
            if found is None or bool(found[2]) != (asked[-3] == " "):
                continue
            asked, given, zone = asked[:-2].rstrip(), found[1], found[3].upper()
            zone = {word.upper(): offset for word, offset in column.written.words}.get(zone, zone)
        try:
            local = datetime.strptime(given, asked)  # noqa: DTZ007 - its zone is told apart
        except ValueError:
            continue
        is_day = column.type is ColumnType.DATE
        readings.add(_in_range(local.date()) if is_day else _universal(_in_range(local), zone, column))
    if len(readings) != 1:
        raise RefusedError("ambiguous_date" if readings else "not_date")
    return readings.pop()


def _universal(local: datetime, zone: str | None, column: Column) -> datetime:
    if zone in {"Z", "UTC"}:
        return local
    if zone:
        if not re.fullmatch(r"[+-](0\d|1[0-4]):?[0-5]\d", zone):
            raise RefusedError("not_timestamp")
        minutes = int(zone[1:3]) * 60 + int(zone[-2:])
        return local - timedelta(minutes=minutes if zone[0] == "+" else -minutes)
    place = ZoneInfo(column.written.zone or OPTIONS.time_zone)
    first, second = (local.replace(tzinfo=place, fold=fold).astimezone(UTC).replace(tzinfo=None) for fold in (0, 1))
    if first != second:
        raise RefusedError("a time that the clock showed twice, or never")
    return first


def _calendar(kind: Any, *numbers: int) -> Any:
    try:
        return kind(*numbers)
    except ValueError as error:
        raise RefusedError(str(error)) from error


def _in_range(moment: Any) -> Any:
    if not 1990 <= moment.year <= 2099:
        raise RefusedError("out_of_range")
    return moment
