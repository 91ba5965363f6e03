"""Any house table, written in any declared dialect and form, comes back exactly through the mapping that says so."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.conform import Lineage, type_page
from ingestion.forms import open_file
from ingestion.mapping.feeds import load_mapping
from ingestion.pages import ReadOptions
from ingestion.patterns import DAMAGED_IDENTIFIER
from ingestion.systems import HOUSE

NOON = datetime(2026, 11, 20, 12)
STATES = ("open", "shipped", "cancelled", "closed")
WORDS = {"open": "Offen", "shipped": "Versendet", "cancelled": "Storno", "closed": "Zu"}
INSTANTS = ("%d/%m/%Y %H:%M:%S", "%b-%d-%y %I:%M:%S %p", "%Y%m%d%H%M%S", "%d.%m.%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z")
DAYS = ("%d/%m/%Y", "%m-%d-%Y", "%d %B %Y", "%Y%m%d", "%d.%m.%y")
TEXT = st.text(st.sampled_from("ABCabc019 ,;|\t\"'.-_/äöüß€é#"), min_size=1, max_size=12)


def is_identifier(text: str) -> bool:
    return text == text.strip(" \t") and not text.startswith("'") and not re.fullmatch(DAMAGED_IDENTIFIER, text)


IDENTIFIER = TEXT.filter(is_identifier)


@dataclass(frozen=True)
class Layout:
    """How one export is written."""

    delimiter: str
    quote: str
    encoding: str
    line_end: str
    decimal_mark: str
    thousands: str
    sign: str
    zone: str
    instant: str
    day: str
    guard: bool
    dozens: bool
    preamble: tuple[str, ...]
    trailer: bool
    order: tuple[int, ...]

    def number(self, value: Decimal) -> str:
        whole, _, part = f"{abs(value):f}".partition(".")
        if self.thousands:
            whole = f"{int(whole):,}".replace(",", self.thousands)
        text = whole + (self.decimal_mark + part if part else "")
        return ("-" if value < 0 else "") + text + (f" {self.sign}" if self.sign else "")

    def moment(self, value: datetime) -> str:
        return value.replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone)).strftime(self.instant)


@dataclass(frozen=True)
class Column:
    """A column of the template: values, and how the layout writes one."""

    name: str
    values: st.SearchStrategy[Any]
    text: Callable[[Layout, Any], str] = field(default=lambda layout, value: value)


def guarded(layout: Layout, value: str) -> str:
    return f"'{value}" if layout.guard else value


COLUMNS = (
    Column("order_id", IDENTIFIER, guarded),
    Column("order_line", IDENTIFIER, guarded),
    Column("ordered_at", st.datetimes(datetime(1991, 1, 1), datetime(2068, 1, 1)).map(lambda d: d.replace(microsecond=0)),
           Layout.moment),
    Column("sku", IDENTIFIER, guarded),
    Column("ordered_qty", st.integers(0, 10**9).map(lambda n: n * 12),
           lambda layout, value: layout.number(Decimal(value // 12 if layout.dozens else value))),
    Column("unit_price_amount", st.none() | st.decimals(-(10**9), 10**9, places=4, allow_nan=False), Layout.number),
    Column("order_status", st.sampled_from(STATES), lambda _, value: WORDS[value].upper()),
    Column("is_test", st.none() | st.booleans(), lambda _, value: "Ja" if value else "nein"),
    Column("release_on", st.none() | st.dates(date(1991, 1, 1), date(2068, 1, 1)),
           lambda layout, value: value.strftime(layout.day)),
    Column("ship_country", st.none() | TEXT),
)  # fmt: skip


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    delimiter = draw(st.sampled_from(",;\t|"))
    mark = draw(st.sampled_from(".,"))
    encoding = draw(st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "cp1252")))
    return Layout(
        delimiter=delimiter, quote=draw(st.sampled_from("\"'")), encoding=encoding,
        line_end=draw(st.sampled_from(("\n", "\r\n"))), decimal_mark=mark,
        thousands=draw(st.sampled_from(("", " ", "," if mark == "." else "."))), sign=draw(st.sampled_from(("", "$", "€"))),
        zone=draw(st.sampled_from(("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"))),
        instant=draw(st.sampled_from(INSTANTS)), day=draw(st.sampled_from(DAYS)), guard=draw(st.booleans()),
        dozens=draw(st.booleans()), preamble=draw(st.sampled_from(((), ("",), ("Orders of the month", ""), ("sep=x",)))),
        trailer=draw(st.booleans()), order=tuple(draw(st.permutations(range(len(COLUMNS))))),
    )  # fmt: skip


def is_clear(value: datetime, zone: str) -> bool:
    """Whether the clock of the zone showed this instant's time only once."""
    local = value.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    return local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset()


def header(name: str) -> str:
    return f"Their {name}"


def written(layout: Layout, rows: list[dict[str, Any]]) -> bytes:
    names = [COLUMNS[index] for index in layout.order]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=layout.delimiter, quotechar=layout.quote, lineterminator=layout.line_end)
    writer.writerow([*(header(column.name) for column in names), "Noted by"])
    for row in rows:
        cells = ["" if row[c.name] is None else c.text(layout, row[c.name]) for c in names]
        writer.writerow([*cells, "a person"])
    lines = "".join(line + layout.line_end for line in layout.preamble)
    trailer = f"{len(rows)} rows{layout.line_end}" if layout.trailer else ""
    return (lines + out.getvalue() + trailer).encode(layout.encoding)


def mapping(layout: Layout) -> str:
    """Return the mapping file that says what `written` does."""
    text = json.dumps
    words = ", ".join(f"{text(theirs, ensure_ascii=False)} = {text(ours)}" for ours, theirs in WORDS.items())
    extra = {
        "order_id": f"excel_guard = {str(layout.guard).lower()}", "order_line": f"excel_guard = {str(layout.guard).lower()}",
        "sku": f"excel_guard = {str(layout.guard).lower()}", "order_status": f"words = {{ {words} }}",
        "ordered_qty": 'factor = "12"' if layout.dozens else "",
        "is_test": 'words = { ja = "true", nein = "false" }',
    }  # fmt: skip
    quote = "'\"'" if layout.quote == '"' else '"\'"'
    encoding = "utf-8" if layout.encoding == "utf-8-sig" else layout.encoding
    lines = [
        'entity = "orders"', 'drop = ["Noted by"]', "[csv]", f"delimiter = {text(layout.delimiter)}", f"quote = {quote}",
        f'encodings = ["{encoding}"]', f"header_within = {1 + len(layout.preamble)}", "trailer = ['(?P<rows>[0-9]+) rows']",
        "[values]", f"decimal_mark = {text(layout.decimal_mark)}", f"thousands = {text(layout.thousands)}",
        f"signs = {text(layout.sign, ensure_ascii=False)}", f"zone = {text(layout.zone)}",
        f"instant_formats = [{text(layout.instant)}]", f"date_formats = [{text(layout.day)}]",
    ]  # fmt: skip
    for column in COLUMNS:
        lines += [f"[columns.{column.name}]", f"headers = [{text(header(column.name))}]", extra.get(column.name, "")]
    return "\n".join(lines)


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data(), layout=layouts())
def test_a_table_comes_back_through_its_mapping(data: st.DataObject, layout: Layout) -> None:
    shapes = {column.name: column.values for column in COLUMNS}
    shapes["ordered_at"] = shapes["ordered_at"].filter(lambda value: is_clear(value, layout.zone))
    rows = data.draw(st.lists(st.fixed_dictionaries(shapes), max_size=5))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "m.toml").write_text(mapping(layout), encoding="utf-8")
        (Path(folder) / "export.csv").write_bytes(written(layout, rows))
        feed = load_mapping(Path(folder) / "m.toml")
        opened = open_file(Path(folder) / "export.csv", replace(HOUSE, feeds=(feed, *HOUSE.feeds)), ReadOptions())
        assert opened.feeds == {"orders": feed}
        pages = [type_page(page, feed, Lineage("a", "s", "f", NOON, NOON), ReadOptions()) for page in opened.pages]
    assert [page.refused.to_dicts() for page in pages if page.refused.height] == []
    found = [row for page in pages for row in page.good.select([column.name for column in COLUMNS]).to_dicts()]
    assert found == rows
    assert all(page.good["_extra"].is_null().all() for page in pages)
