"""Refused rows: replayed under today's declarations with their lineage, left out on purpose, forgotten after their time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from company import load_settings
from ingestion import raw_views
from ingestion.acts import QuarantineError
from ingestion.closing import expire, ignore
from ingestion.release import reread
from ingestion.replay import replay
from tests.ingestion.quarantined import WHO, assert_adds_up, assert_rebuilds, everything

SETS = "Set;Part;Pieces;Note\nK;A;2;x\nK;B;3,0 $;a note\nK;C;4 $;\n"
MAPPING = """
entity = "kits"
form = "csv"
[csv]
delimiter = ";"
[columns]
kit_sku = { headers = ["Set"] }
component_sku = { headers = ["Part"] }
component_qty = { headers = ["Pieces"]WRITTEN }
"""
SIGNED = ', signs = "$"'


def mapped(company: Any, written: str = "") -> Any:
    """Let the warehouse's exports be read by a mapping; return its settings."""
    (company.home / "mappings").mkdir(exist_ok=True)
    (company.home / "mappings" / "sets.toml").write_text(MAPPING.replace("WRITTEN", written))
    toml = company.home / "tallyhouse.toml"
    if "mappings" not in toml.read_text():
        toml.write_text(toml.read_text().replace('system = "house"', 'system = "house"\nmappings = ["sets.toml"]'))
    company.settings = load_settings(company.home)
    return company


@pytest.fixture
def refused(company: Any) -> Any:
    mapped(company)
    company.drop("wms", "sets_20261101T060000Z.csv", SETS)
    [file] = company.ingest().files
    assert (file.status, file.rows_loaded, file.rows_quarantined) == ("loaded", 1, 2)
    company.sha = file.sha256
    return company


STATES = "select source_row, status, reason_code, rule_version from quarantine.rows order by 1"
LINEAGE = (
    "select component_sku, component_qty, _source_row, _file_sha256, _source_file, strftime(_exported_at, '%d'), _extra"
)


def test_nothing_changes_while_the_rules_are_the_same(refused: Any) -> None:
    before = everything(refused)
    [outcome] = replay(refused.settings, refused.paths, **WHO)
    assert (outcome.rows_open, outcome.rows_replayed, outcome.rows_left, outcome.act) == (2, 0, 2, None)
    assert everything(refused) == before


@pytest.mark.parametrize("viewed_from", [1, 3, 100])
def test_rows_that_read_well_now_load_with_their_lineage(
    refused: Any, monkeypatch: pytest.MonkeyPatch, viewed_from: int
) -> None:
    monkeypatch.setattr(raw_views, "VIEWED_FROM", viewed_from)
    mapped(refused, SIGNED)
    [outcome] = replay(refused.settings, refused.paths, **WHO)
    assert (outcome.rows_open, outcome.rows_replayed, outcome.rows_left) == (2, 1, 1)
    where = (refused.sha, "sets_20261101T060000Z.csv", "01")
    assert refused.rows(f"{LINEAGE} from raw.house__kits order by 1") == [
        ("A", 2, 1, *where, '{"Note":"x"}'), ("C", 4, 3, *where, None)
    ]  # fmt: skip
    assert [row[:2] for row in refused.rows(STATES)] == [(2, "open"), (3, "replayed")]
    assert_adds_up(refused)
    assert_rebuilds(refused)
    assert replay(refused.settings, refused.paths, **WHO)[0].rows_replayed == 0
    assert_adds_up(refused)


def test_a_row_that_is_refused_still_has_todays_reason(refused: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.replay.RULE_VERSION", "2")
    text = (refused.home / "mappings" / "sets.toml").read_text()
    (refused.home / "mappings" / "sets.toml").write_text(
        text.replace('kit_sku = { headers = ["Set"] }', 'kit_sku = { headers = ["Note"] }')
    )
    replay(refused.settings, refused.paths, **WHO)
    assert refused.rows(STATES) == [(2, "open", "not_integer", "2"), (3, "open", "required_blank", "2")]
    assert_rebuilds(refused)


def test_replay_twice_adds_up_and_a_later_stamp_moves_all_rows(refused: Any) -> None:
    mapped(refused, SIGNED)
    replay(refused.settings, refused.paths, **WHO)
    mapped(refused, ', signs = "$", decimal_mark = ","')
    [second] = replay(refused.settings, refused.paths, reference=refused.sha[:8], **WHO)
    assert second.rows_left == second.rows_open - second.rows_replayed
    refused.drop("wms", "sets_20261109T060000Z.csv", SETS)
    refused.ingest()
    assert refused.rows("select distinct strftime(_exported_at, '%d') from raw.house__kits") == [("09",)]
    assert_rebuilds(refused)


@pytest.mark.parametrize("choice", [{"account": "shop"}, {"entity": "orders"}])
def test_only_what_is_named_is_replayed(refused: Any, choice: dict[str, str]) -> None:
    mapped(refused, SIGNED)
    done = replay(refused.settings, refused.paths, **choice, **WHO)
    assert sum(outcome.rows_replayed for outcome in done) == 0
    assert refused.rows("select count(*) from raw.house__kits") == [(1,)]


def test_a_ragged_row_stays_out_and_its_original_would_not_help(company: Any) -> None:
    company.drop("wms", "kits.csv", "kit_sku,component_sku,component_qty\nK,A,1\nK,B\nK,C,3\n")
    assert [file.rows_quarantined for file in company.ingest().files] == [1]
    [outcome] = replay(company.settings, company.paths, **WHO)
    assert (outcome.rows_open, outcome.rows_left, outcome.needs_original, outcome.act) == (1, 1, {}, None)


def test_one_record_alone_can_be_replayed(refused: Any) -> None:
    mapped(refused, SIGNED)
    [outcome] = replay(refused.settings, refused.paths, reference=f"{refused.sha[:12]}:3", **WHO)
    assert (outcome.rows_open, outcome.rows_replayed) == (1, 1)
    assert refused.rows("select target from ingest.acts") == [("kits:3",)]


def test_a_mask_is_never_loaded_as_a_value(company: Any) -> None:
    settings = mapped(company)
    path = company.home / "mappings" / "sets.toml"
    path.write_text(path.read_text().replace('entity = "kits"', 'entity = "kits"\ndrop = ["Buyer"]'))
    original = company.drop("wms", "sets.csv", "Set;Part;Pieces;Buyer\nK;A;2;Ada\nK;B;3 $;Bea\n")
    [file] = company.ingest().files
    assert company.rows("select raw_text from quarantine.rows") == [("K;B;3 $;***",)]
    # by now the masked column is said to be the part
    path.write_text(path.read_text().replace('drop = ["Buyer"]\n', "").replace('["Part"]', '["Buyer"]')
                    .replace('["Pieces"]', '["Pieces"], signs = "$"'))  # fmt: skip
    [outcome] = replay(settings.settings, company.paths, **WHO)
    assert (outcome.rows_replayed, outcome.needs_original) == (0, {"Buyer is masked in its text": 1})
    again = reread(settings.settings, company.paths, file.sha256, original=original, **WHO)
    assert (again.rows_loaded, again.rows_left) == (1, 0)
    assert company.rows("select component_sku from raw.house__kits order by 1") == [("Ada",), ("Bea",)]
    assert company.rows("select status from quarantine.rows") == [("replayed",)]
    assert_adds_up(company)
    assert_rebuilds(company)


def test_rows_of_one_record_come_back_together_or_not_at_all(company: Any) -> None:
    wide = "Handle,SKU,Option1 Name,Hall,Yard\nh,S,,x,y\nh,T,,1,z\n"
    company.drop("shop", "stock.csv", wide)
    [file] = company.ingest().files
    assert (file.rows_loaded, file.rows_quarantined) == (1, 3)
    [outcome] = replay(company.settings, company.paths, **WHO)
    assert (outcome.rows_open, outcome.rows_replayed, outcome.needs_original) == (3, 0, {})
    assert_rebuilds(company)


def test_json_rows_are_replayed_from_their_text(company: Any) -> None:
    toml = company.home / "tallyhouse.toml"
    toml.write_text(toml.read_text() + '\n[accounts.parcels]\nsystem = "house"\nmappings = ["parts.toml"]\n')
    (company.home / "mappings").mkdir()
    path = company.home / "mappings" / "parts.toml"
    text = MAPPING.replace('form = "csv"\n[csv]\ndelimiter = ";"', 'form = "json"').replace("Pieces", "pieces")
    path.write_text(text.replace("WRITTEN", ""))
    company.settings = load_settings(company.home)
    company.drop(
        "parcels", "parts.json", '[{"Set":"K","Part":"A","pieces":2},{"Set":"K","Part":"B","pieces":"3 $","lot":"L7"}]'
    )
    [file] = company.ingest().files
    assert (file.status, file.rows_loaded, file.rows_quarantined) == ("loaded", 1, 1), file
    path.write_text(text.replace("WRITTEN", SIGNED))
    [outcome] = replay(company.settings, company.paths, **WHO)
    assert outcome.rows_replayed == 1
    assert company.rows("select component_sku, component_qty, _extra from raw.house__kits order by 1") == [
        ("A", 2, None), ("B", 3, '{"lot":"L7"}')
    ]  # fmt: skip
    assert_rebuilds(company)


def test_ignored_rows_stay_out_and_are_not_replayed(refused: Any) -> None:
    act = ignore(refused.settings, refused.paths, f"{refused.sha}:kits:3", reason="a sample line", **WHO)
    assert (act.target, act.rows_left) == ("kits:3", 1)
    mapped(refused, SIGNED)
    [outcome] = replay(refused.settings, refused.paths, **WHO)
    assert (outcome.rows_open, outcome.rows_replayed) == (1, 0)
    assert [row[:2] for row in refused.rows(STATES)] == [(2, "open"), (3, "ignored")]
    assert_adds_up(refused)
    assert_rebuilds(refused)
    with pytest.raises(QuarantineError, match="waits"):
        ignore(refused.settings, refused.paths, f"{refused.sha}:3", reason="again", **WHO)


def test_texts_of_closed_rows_expire_and_counts_stay(make_company: Callable[..., Any]) -> None:
    company = mapped(make_company(keep_quarantine_days=0))
    company.drop("wms", "sets.csv", SETS)
    [file] = company.ingest().files
    ignore(company.settings, company.paths, f"{file.sha256}:3", reason="a sample line", **WHO)
    done = expire(company.settings, company.paths, **WHO)
    assert (done.texts, done.files) == (1, 1)
    texts = "select source_row, raw_text is null, detail is null, status, reason_code from quarantine.rows order by 1"
    assert company.rows(texts) == [
        (2, False, False, "open", "not_integer"), (3, True, True, "ignored", "not_integer")
    ]  # fmt: skip
    kept = list(company.paths.lake.rglob("*quarantine*.parquet"))
    assert len(kept) == 1
    assert_adds_up(company)
    assert_rebuilds(company)
    assert expire(company.settings, company.paths, **WHO).texts == 0


def test_what_was_closed_lately_is_kept(refused: Any) -> None:
    ignore(refused.settings, refused.paths, refused.sha, reason="samples", **WHO)
    done = expire(refused.settings, refused.paths, **WHO)
    assert (done.texts, done.copies) == (0, 0)
    assert refused.rows("select count(raw_text) from quarantine.rows") == [(2,)]


def test_a_number_no_row_has_is_said(refused: Any) -> None:
    with pytest.raises(QuarantineError, match="no refused row has this number"):
        replay(refused.settings, refused.paths, reference=f"{refused.sha[:12]}:99", **WHO)


ADVICE = (
    "ISA*00*          *00*          *ZZ*QUILLWAREHOUSE *ZZ*LEDGERSHOP     *261120*0600*U*00401*000000101*0*P*>~"
    "GS*IB*QUILL*LEDGER*20261120*0600*7*X*004010~ST*846*0001~BIA*00*SI*STOCK*20261120*0615~N1*WH*North*92*WH1~"
    "LIN*1*SK*MUG~QTY*33*120*EA~QTY*02*5*EA~LIN*2*SK*PEN~QTY*33*9*EA~CTT*2~SE*10*0001~GE*1*7~IEA*1*000000101~"
)


def test_x12_rows_come_back_from_the_original_once_the_partners_code_is_known(company: Any) -> None:
    toml = company.home / "tallyhouse.toml"
    toml.write_text(toml.read_text() + '\n[accounts.partner]\nsystem = "x12"\n')
    company.settings = load_settings(company.home)
    original = company.drop("partner", "advice.edi", ADVICE)
    [file] = company.ingest().files
    assert (file.status, file.rows_loaded, file.rows_quarantined) == ("loaded", 3, 1), file
    toml.write_text(toml.read_text() + 'x12 = { quantity_codes = { "33" = "available", "02" = "damaged" } }\n')
    company.settings = load_settings(company.home)
    [outcome] = replay(company.settings, company.paths, account="partner", **WHO)
    assert outcome.needs_original == {"it was refused before it had cells (unmapped_code)": 1}
    again = reread(company.settings, company.paths, file.sha256, original=original, **WHO)
    assert (again.rows_loaded, again.rows_left) == (1, 0)
    assert company.rows("select state, count(*) from raw.x12__inventory_advices group by 1 order by 1") == [
        ("available", 2), ("damaged", 1)
    ]  # fmt: skip
    assert_adds_up(company)
    assert_rebuilds(company)
