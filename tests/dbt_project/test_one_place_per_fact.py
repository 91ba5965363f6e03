"""A formula, a threshold and a dictionary each have one home; this list names them and keeps others from growing a second."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from company import DBT_PROJECT, REPOSITORY

PRODUCT = ("company", "warehouse", "ops", "ingestion", "reverse_etl", "dashboards", "orchestration")


@dataclass(frozen=True, slots=True)
class Fact:
    """What may be said in `homes` only; `trace` is what a second statement would look like."""

    name: str
    homes: tuple[str, ...]
    trace: str
    is_sql: bool = True


FACTS = (
    Fact("available to sell at a location", ("int_stock__available_to_sell",), r"\bfree_qty\s*-\s*\S*node_buffer_qty"),
    Fact(
        "signed free stock", ("int_stock__available_to_sell",), r"sellable_qty\s*-\s*\S*committed_qty\s*-\s*\S*reserved"
    ),
    Fact(
        "the stock position", ("int_reorder__positions",), r"on_hand_qty\s*-\s*\S*reserved_qty\s*-\s*\S*committed_qty"
    ),
    Fact("the reorder point", ("int_reorder__parameters",), r"z_score\s*\*\s*sqrt"),
    Fact("the demand classes", ("int_demand__classified",), r"\b(1\.32|0\.49)\b"),
    Fact("the smoothing of rare demand", ("int_demand__smoothed",), r"\b0\.95\b"),
    Fact("need", ("int_reorder__quantities",), r"order_up_to_qty\s*-\s*\S*position_qty"),
    Fact("rounding up to the multiple", ("int_reorder__quantities",), r"order_multiple_qty\s*-\s*1"),
    Fact("the lead time in days", ("int_lead_times__observed",), r"/\s*86400"),
    Fact("the first release", ("int_order_lines__shipped",), r"hours\('?\w*\.?first_release_hours"),
    Fact("which return reason is damage", (), r"damaged_by_carrier|DAMAGED_BY_CARRIER"),
    Fact("the rows of a policy in force", (), r"effective_to_on\s*(>|is null)"),
    Fact("a channel's header", (), r"['\"](Lineitem|amazon-order-id|afn-)", is_sql=False),
)


def files(fact: Fact) -> list[Path]:
    if fact.is_sql:
        return sorted((DBT_PROJECT / "models").rglob("*.sql"))
    python = [path for room in PRODUCT for path in (REPOSITORY / room).rglob("*.py")]
    return sorted(path for path in python if "systems" not in path.parts)


def plain(text: str) -> str:
    """Return the code without its comments."""
    return re.sub(r"--[^\n]*|\{#.*?#\}|(?m:^\s*#.*$)", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_a_fact_is_stated_in_its_home_only(fact: Fact) -> None:
    trace = re.compile(fact.trace)
    found = {path.stem for path in files(fact) if trace.search(plain(path.read_text(encoding="utf-8")))}
    assert found == set(fact.homes)


def test_sql_over_the_published_file_lives_in_the_query_modules() -> None:
    """Pages and pushes name reports, exports, dimensions and documented facts only."""
    named = re.compile(r"\b(?:raw|staging|intermediate|operations|ingest|quarantine)\.[a-z_]+__?[a-z_]+")
    rooms = [path for room in ("dashboards", "reverse_etl") for path in (REPOSITORY / room).rglob("*.py")]
    assert not [str(path) for path in rooms if named.search(path.read_text(encoding="utf-8"))]


def test_dashboards_hold_sql_in_their_queries_only() -> None:
    sql = re.compile(r"\bselect\b.+\bfrom\s+(?:reports|exports|marts)\.", re.IGNORECASE | re.DOTALL)
    pages = [path for path in (REPOSITORY / "dashboards").rglob("*.py") if "queries" not in path.parts]
    assert not [path.name for path in pages if sql.search(path.read_text(encoding="utf-8"))]


def test_the_normal_quantiles_are_a_table() -> None:
    """Scipy and the like stay out of the run: the quantiles that planning needs are 500 rows."""
    lines = (DBT_PROJECT / "seeds/reference/ref_normal_quantiles.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 501
    assert lines[451] == "0.950,1.644853626951"
