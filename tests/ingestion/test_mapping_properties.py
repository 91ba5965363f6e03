"""Whatever is written into a mapping is either refused with a message or read without a fault of ours."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from ingestion.conform import Lineage, type_page
from ingestion.contract import Column, ColumnType, Dialect, Feed, JsonShape, System, Written
from ingestion.forms import open_file
from ingestion.mapping.feeds import effective_system, load_mapping
from ingestion.mapping.file import ColumnTable, CsvTable, JsonTable, MappingError, MappingFile, ValuesTable
from ingestion.mapping.forms import format_problem
from ingestion.pages import HeldError, Page, ReadOptions
from ingestion.systems import HOUSE

FIXTURES = Path(__file__).parent.parent / "fixtures" / "mappings"
MAPPINGS = sorted(FIXTURES.glob("*.toml"))
NOON = datetime(2026, 11, 20, 12)
LINEAGE = Lineage("a", "s", "f", NOON, NOON)
TOKENS = (
    "%Y", "%y", "%m", "%b", "%B", "%d", "%e", "%H", "%I", "%p", "%M", "%S", "%f", "%.f", "%z", "%T", "%%", "{day}", "%q", "%",
    "-", "/", ".", " ", ":", "(", "[", "T", "epoch_ms", "é",
)  # fmt: skip
VALUES = (
    "''", '""', "5", "1.5", "true", "[]", "{}", "['%q']", "['(']", "'\\t'", "[[]]", "['Quantity']", "['']", "{a='b'}", "';'",
    "'json'", "'orders'", "1e5", "-1", "'UTC'", "'.'", "'0'", "'1e5'", "'NaN'", "['utf-16']", "'%'", "'\\\\'", "['SKU ID']",
)  # fmt: skip
PATTERNS = st.builds(
    lambda *parts: "".join((*parts[3], *parts[:3]) if parts[4] else (*parts[:3], *parts[3])),
    st.sampled_from(("%Y", "%y")), st.sampled_from(("%m", "%b", "%B")), st.sampled_from(("%d", "%e")),
    st.lists(st.sampled_from(TOKENS), max_size=6), st.booleans(),
)  # fmt: skip


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data(), source=st.sampled_from(MAPPINGS))
def test_a_mapping_with_anything_in_it_is_refused_or_reads_files(data: st.DataObject, source: Path) -> None:
    lines = source.read_text(encoding="utf-8").splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        key = lines[at].partition("=")[0].strip() or "headers"
        keys = (
            key,
            "headers",
            "constant",
            "same_as",
            "formats",
            "words",
            "factor",
            "optional",
            "zone",
            "excel_guard",
            "quote",
        )
        lines[at] = data.draw(
            st.builds("{} = {}".format, st.sampled_from(keys), st.sampled_from(VALUES))
            | st.just("")
            | st.text(max_size=20)
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.toml"
        path.write_text("\n".join(lines), encoding="utf-8", errors="replace")
        try:
            system = effective_system("house", (str(path),))
        except MappingError as refusal:
            said = str(refusal)
        else:
            read_all(source, system)
            return
    assert said.startswith(str(path))
    assert "Fix: " in said


def read_all(source: Path, system: System) -> None:
    for export in (source.with_suffix(".csv"), source.with_suffix(".json")):
        if export.is_file():
            with contextlib.suppress(HeldError):
                opened = open_file(export, system, ReadOptions(date_order="dmy"))
                for page in opened.pages:
                    typed = type_page(page, opened.feeds[page.entity], LINEAGE, ReadOptions(date_order="dmy"))
                    assert typed.good.height + typed.refused.height <= page.rows.num_rows + page.rejects.num_rows


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    pattern=PATTERNS | st.lists(st.sampled_from(TOKENS), max_size=8).map("".join),
    kind=st.sampled_from((ColumnType.DATE, ColumnType.TIMESTAMP)),
)
def test_a_pattern_that_is_let_through_is_one_the_reader_reads(pattern: str, kind: ColumnType) -> None:
    event("let through" if not format_problem(pattern, kind) else "refused")
    if format_problem(pattern, kind):
        return
    column = Column("x", ("x",), kind, written=Written(formats=(pattern,)))
    feed = replace(HOUSE.feeds[0], columns=(column,), grain=("x",))
    texts = [
        "",
        "2026-11-20",
        "20/11/2026",
        "x",
        datetime(2026, 11, 20, 14, 5).strftime(pattern.replace("{day}", "%d/%m/%Y")),
    ]
    read(feed, texts)


@pytest.mark.parametrize(
    "pattern", ["%d/%m/%Y", "{day}", "%Y%m%d", "%e %B %y", "%Y-%m-%dT%H:%M:%S%.f%z", "%b-%d-%y", "%d%m%Y %I%p"]
)
def test_a_let_through_pattern_reads_what_the_calendar_writes_by_it(pattern: str) -> None:
    assert format_problem(pattern, ColumnType.TIMESTAMP) == ""
    column = Column("x", ("x",), ColumnType.TIMESTAMP, written=Written(formats=(pattern,)))
    feed = replace(HOUSE.feeds[0], columns=(column,), grain=("x",))
    written = datetime(2026, 11, 20, 14).strftime(
        pattern.replace("{day}", "%d/%m/%Y").replace("%.f", "").replace("%z", "+0000")
    )
    expected = datetime(2026, 11, 20, 14 if "%H" in pattern or "%I" in pattern else 0)
    assert read(feed, [written]) == [expected]


def read(feed: Feed, texts: list[str]) -> list[object]:
    rows = pa.table({
        "x": texts, "_source_row": pa.array(range(len(texts)), pa.int64()), "_line_no": pa.array(range(len(texts)), pa.int64()),
    })  # fmt: skip
    return type_page(Page(feed.entity, rows), feed, LINEAGE, ReadOptions(date_order="dmy")).good["x"].to_list()


def test_every_fixture_is_a_mapping_that_is_right() -> None:
    assert len(MAPPINGS) == 5
    assert all(load_mapping(path).is_mapped for path in MAPPINGS)


def test_the_documented_mappings_can_be_read_and_show_every_key(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "adding-a-system.md").read_text(encoding="utf-8")
    blocks = [block.split("```")[0] for block in page.split("```toml\n")[1:]]
    feeds = []
    for block in (block for block in blocks if block.startswith("entity")):
        (tmp_path / "m.toml").write_text(block, encoding="utf-8")
        feeds.append(load_mapping(tmp_path / "m.toml"))
    assert [(feed.entity, type(feed.form)) for feed in feeds] == [("orders", Dialect), ("returns", JsonShape)]
    keys = {key for table in (MappingFile, CsvTable, JsonTable, ValuesTable, ColumnTable) for key in table.model_fields}
    assert {key for key in keys if key.rstrip("_") not in "".join(blocks)} == set()
