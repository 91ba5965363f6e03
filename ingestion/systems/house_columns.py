"""The columns of the house templates by their kind: the header is the raw column's own name."""

from __future__ import annotations

from ingestion.contract import Column, ColumnType, Feed, FeedKind

_T = ColumnType
MONTH = 24 * 30
"""Hours of silence that are normal for what changes rarely."""


def key(name: str, note: str = "") -> Column:
    """An identifier that every row must state."""
    return Column(name, (name,), _T.IDENTIFIER, required=True, nullable=False, note=note)


def text(name: str, note: str = "", *, allowed: tuple[str, ...] = (), needed: bool = False) -> Column:
    """Text, one of `allowed` when given; `needed` in every row."""
    return Column(name, (name,), _T.TEXT, required=needed, nullable=not needed, allowed=allowed, note=note)


def identifier(name: str, note: str = "") -> Column:
    """An identifier that may be left out."""
    return Column(name, (name,), _T.IDENTIFIER, note=note)


def qty(name: str, note: str = "", *, needed: bool = False, signed: bool = False) -> Column:
    """Whole units, zero or more unless `signed`; `needed` in every row."""
    return Column(name, (name,), _T.INTEGER, required=needed, nullable=not needed, non_negative=not signed, note=note)


def amount(name: str, note: str = "", *, needed: bool = False) -> Column:
    """Money, signed; `needed` in every row."""
    return Column(name, (name,), _T.DECIMAL, required=needed, nullable=not needed, note=note)


def number(name: str, note: str = "") -> Column:
    """A decimal number, zero or more."""
    return Column(name, (name,), _T.DECIMAL, non_negative=True, note=note)


def at(name: str, note: str = "", *, needed: bool = False) -> Column:
    """An instant; `needed` in every row."""
    return Column(name, (name,), _T.TIMESTAMP, required=needed, nullable=not needed, note=note)


def on(name: str, note: str = "") -> Column:
    """A local business date."""
    return Column(name, (name,), _T.DATE, note=note)


def flag(name: str, note: str = "") -> Column:
    """True or false."""
    return Column(name, (name,), _T.BOOLEAN, note=note)


def region(name: str) -> Column:
    """A postcode, of which only the first three characters are stored."""
    return Column(name, (name,), _T.IDENTIFIER, keep_prefix=3, note="the postcode")


def feed(
    entity: str,
    title: str,
    kind: FeedKind,
    grain: tuple[str, ...],
    columns: tuple[Column, ...],
    *,
    cadence_hours: int = 48,
) -> Feed:
    """A house template: its file is named after the entity and no key stands twice in it."""
    return Feed(
        entity=entity, title=title, kind=kind, columns=columns, grain=grain, file_stem=entity,
        unique_in_file=True, cadence_hours=cadence_hours,
    )  # fmt: skip


def pseudonym(name: str, note: str = "", *, needed: bool = False) -> Column:
    """A person's number or name, of which only a keyed hash is stored; `needed` in every row."""
    return Column(
        name, (name,), _T.IDENTIFIER, required=needed, nullable=not needed, pseudonym=True, note=note
    )  # fmt: skip
