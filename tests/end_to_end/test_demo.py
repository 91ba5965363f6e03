"""The demo as a newcomer runs it, twice: equal to the truth, and the second time nothing is left to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from company import Paths
from warehouse import current_serving

MEASURES = {"ats", "channel_ats", "counts", "fill_rate", "oversell", "perfect_order", "reorder_need", "stock_ledger"}
SIZE = ("--orders", "300", "--seed", "7", "--dirt", "all")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


def test_the_demo_runs_the_whole_job_equals_the_truth_and_has_nothing_left_to_do(home: Path, house) -> None:
    first = house.tallyhouse(home, "demo", *SIZE, "--json")
    assert first.code == 0, first.err
    document = first.document
    assert document["ingest"]["rows_in"] == document["ingest"]["loaded"] + document["ingest"]["quarantined"] > 0
    assert set(document["truth"]) == MEASURES
    for measure in document["truth"].values():
        assert measure["checked"] > 0
        assert measure["unexplained"] == 0
    assert all(document["truth"][measure]["unequal"] == 0 for measure in ("fill_rate", "perfect_order"))
    pushed = document["push"]
    assert pushed["planned"] == pushed["sent"] + pushed["held"] > pushed["held"]
    assert {run["destination"] for run in pushed["destinations"] if run["held"]} <= {"purchasing"}
    assert {"ingest", "build", "publish", "push"} <= set(document["seconds"])
    before = current_serving(Paths(home))
    assert before is not None

    second = house.tallyhouse(home, "demo", *SIZE, "--json")
    assert second.code == 0, second.err
    again = second.document
    assert (again["ingest"]["rows_in"], again["ingest"]["files"]) == (0, 0)
    assert again["push"]["sent"] == 0
    assert again["push"]["unchanged"] + again["push"]["held"] == again["push"]["planned"] == pushed["planned"]
    after = current_serving(Paths(home))
    assert after is not None
    assert after.build_id > before.build_id
    changed = {name for name, table in after.tables.items() if table != before.tables[name]}
    # What the house did the first time is a report the second time; nothing about the company has changed.
    told = (
        "reports.rpt_push",
        "reports.rpt_purchase_proposals",
        "marts.fct_channel_stock_drift",
        "reports.rpt_channel_stock_drift",
    )
    assert [name for name in sorted(changed) if not name.startswith(told)] == []
