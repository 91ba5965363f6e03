"""What Amazon's flat files have in common: how they are cut, how they write money and instants, what of a buyer is kept."""

from __future__ import annotations

from ingestion.contract import Column, ColumnType, Dialect, Written

REPORT = Dialect(delimiter="\t", quote=None, encodings=("utf-8", "cp1252"))
"""Tab-separated without a quoting convention. A Japanese account sets `encodings = ["utf-8", "cp932"]`."""

MONEY = Written(decimal_mark="")
"""With a decimal point or comma, by marketplace: the account's `decimal_mark`."""

ZONES = (
    ("UTC", "+00:00"), ("GMT", "+00:00"), ("BST", "+01:00"), ("CET", "+01:00"), ("CEST", "+02:00"), ("MET", "+01:00"),
    ("MEST", "+02:00"), ("PST", "-08:00"), ("PDT", "-07:00"), ("JST", "+09:00"), ("AEST", "+10:00"), ("AEDT", "+11:00"),
)  # fmt: skip
"""Zones as Amazon abbreviates them; one that means several zones, such as IST, is none of them and is refused."""

INSTANT = Written(
    formats=(
        "%Y-%m-%d %H:%M:%S %Z", "%Y-%m-%dT%H:%M:%S%z", "%d/%m/%Y %H:%M:%S %Z", "%d.%m.%Y %H:%M:%S %Z", "%d/%m/%y %H:%M:%S %Z",
    ),
    words=ZONES,
)  # fmt: skip
"""Named zones or offsets; with slashes or dots the day comes first."""
DAY = Written(formats=("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d/%m/%y"))


def personal(*headers: str) -> tuple[Column, ...]:
    """Columns of which nothing is kept, named after their headers."""
    return tuple(
        Column(name=header.replace("-", "_"), headers=(header,), personal=True, note="buyer data, never stored")
        for header in headers
    )


def amount(name: str, header: str, note: str = "", *, required: bool = False) -> Column:
    """Money in the account's decimal mark."""
    return Column(name, (header,), ColumnType.DECIMAL, required=required, written=MONEY, note=note)


def identifier(header: str, name: str = "") -> Column:
    """An identifier that may be blank or missing, named after its header unless `name` is given."""
    return Column(name or header.replace("-", "_"), (header,), ColumnType.IDENTIFIER)


def text(header: str, name: str = "", note: str = "") -> Column:
    """Text that may be blank or missing, named after its header unless `name` is given."""
    return Column(name or header.replace("-", "_"), (header,), note=note)


POSTCODE_PREFIX = Column(
    "ship_postcode_prefix", ("ship-postal-code",), keep_prefix=3, note="the first three characters, never more"
)
CUSTOMER_KEY = Column("customer_key", ("buyer-email",), pseudonym=True, note="a keyed hash, equal for equal buyers")
