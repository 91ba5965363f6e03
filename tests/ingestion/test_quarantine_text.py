"""What quarantine keeps of a refused record can be read again; what holds a framed file names the fault of its header."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.hostile.account import read
from ingestion.contract import Dialect
from ingestion.delimited.rejects import cells_of, record_text
from ingestion.systems.ebay import EBAY

CELLS = st.lists(
    st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\r\n\t"), max_size=8), min_size=2
)


@settings(deadline=None)
@given(CELLS, st.sampled_from([",", ";", "\t"]))
def test_a_record_is_written_so_that_it_reads_back(cells: list[str], delimiter: str) -> None:
    dialect = Dialect(delimiter=delimiter)
    assert cells_of(record_text(cells, dialect), dialect) == cells


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("Order Number,Quantity,order-number", "duplicate_header"),
        (",".join(f"c{n}" for n in range(2001)), "too_many_columns"),
    ],
)
def test_a_fault_of_the_header_is_named_though_a_preamble_surrounds_it(
    tmp_path: Path, header: str, reason: str
) -> None:
    content = f",,\n{header}\n,,\n1,2,3\n"
    assert read(tmp_path / "in.csv", content.encode(), EBAY).held == reason
