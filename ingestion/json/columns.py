"""Short spellings for the columns of JSON feeds, whose headers are paths from the record."""

from __future__ import annotations

import re

from ingestion.contract import PLAIN, Column, ColumnType, Written

EPOCH_MS = Written(formats=("epoch_ms",))


def key(name: str, *paths: str, note: str = "") -> Column:
    """An identifier that every file has and every row fills."""
    return Column(name, paths, ColumnType.IDENTIFIER, required=True, nullable=False, note=note)


def ident(name: str, *paths: str, note: str = "") -> Column:
    """An identifier that may be missing."""
    return Column(name, paths, ColumnType.IDENTIFIER, note=note)


def text(name: str, *paths: str, note: str = "", written: Written = PLAIN, needed: bool = False) -> Column:
    """Text, or a list or object as JSON text; `needed` says that every file has it and every row fills it."""
    return Column(name, paths, required=needed, nullable=not needed, note=note, written=written)


def whole(name: str, *paths: str, note: str = "", needed: bool = False) -> Column:
    """A whole number; `needed` says that every file has it and every row fills it."""
    return Column(name, paths, ColumnType.INTEGER, required=needed, nullable=not needed, note=note)


def count(name: str, *paths: str, note: str = "", needed: bool = False) -> Column:
    """A whole number that is never negative."""
    return Column(
        name, paths, ColumnType.INTEGER, required=needed, nullable=not needed, non_negative=True, note=note
    )  # fmt: skip


def number(name: str, *paths: str, note: str = "") -> Column:
    """A decimal number, such as an amount."""
    return Column(name, paths, ColumnType.DECIMAL, note=note)


def at(name: str, *paths: str, note: str = "", written: Written = PLAIN, needed: bool = False) -> Column:
    """An instant; `needed` says that every file has it and every row fills it."""
    return Column(
        name, paths, ColumnType.TIMESTAMP, required=needed, nullable=not needed, note=note, written=written
    )  # fmt: skip


def day(name: str, *paths: str, note: str = "") -> Column:
    """A calendar day."""
    return Column(name, paths, ColumnType.DATE, note=note)


def flag(name: str, *paths: str, note: str = "", needed: bool = False) -> Column:
    """True or false; `needed` says that every file has it and every row fills it."""
    return Column(name, paths, ColumnType.BOOLEAN, required=needed, nullable=not needed, note=note)


def customer(*paths: str) -> Column:
    """A customer's address or user name, of which only a keyed hash is stored."""
    return Column("customer_key", paths, pseudonym=True, note="the same person has the same hash")


def region(name: str, *paths: str) -> Column:
    """A postcode, of which only the first three characters are stored."""
    return Column(name, paths, keep_prefix=3, note="first three characters of the postcode")


def personal(*paths: str) -> tuple[Column, ...]:
    """Members that are personal, free text or of no use, and all below them that no other column names: never stored."""
    return tuple(
        Column(_snake(path), (path,), personal=True, note="personal, free text or of no use; never stored")
        for path in paths
    )


def _snake(path: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", path.replace("[]", ""))
    return "private_" + re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
