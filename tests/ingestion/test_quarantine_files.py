"""Held files: released by a person, judged again, left out on purpose; each once, and the lake gives the same again."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from ingestion import ingest
from ingestion.acts import QuarantineError
from ingestion.closing import expire, ignore
from ingestion.quarantine import folder_of
from ingestion.release import release, reread, retry
from tests.ingestion.quarantined import KITS, MIXED, WHO, ShutGate, assert_adds_up, assert_rebuilds, everything


@pytest.fixture
def held(company: Any) -> Any:
    company.drop("wms", "kits_20261101T060000Z.csv", MIXED)
    [file] = ingest(company.settings, company.paths, gate=ShutGate()).files
    assert file.status == "held"
    company.sha = file.sha256
    return company


def test_a_released_file_is_loaded_as_it_was_delivered(held: Any) -> None:
    outcome = release(held.settings, held.paths, held.sha[:12], reason="Black Friday", **WHO)
    assert (outcome.status, outcome.rows_in, outcome.rows_loaded, outcome.rows_left) == ("loaded", 3, 2, 1)
    lineage = (
        "select component_sku, _source_file, _source_row, strftime(_exported_at, '%d') from raw.house__kits order by 1"
    )
    assert held.rows(lineage) == [
        ("A", "kits_20261101T060000Z.csv", 1, "01"),
        ("C", "kits_20261101T060000Z.csv", 3, "01"),
    ]
    assert held.rows("select source_row, status from quarantine.rows") == [(2, "open")]
    assert held.rows("select kind, actor, reason, rows_loaded from ingest.acts") == [
        ("released", "Ida Invented", "Black Friday", 2)
    ]
    assert_adds_up(held)
    assert_rebuilds(held)
    assert not list(held.paths.staging.iterdir())


def test_a_file_is_released_once(held: Any) -> None:
    release(held.settings, held.paths, held.sha, reason="right", **WHO)
    before = everything(held)
    with pytest.raises(QuarantineError, match="is loaded, so it cannot be released"):
        release(held.settings, held.paths, held.sha, reason="again", **WHO)
    held.drop("wms", "once more.csv", MIXED)
    assert [file.status for file in held.ingest().files] == ["duplicate"]
    after = everything(held)
    assert {t: r for t, r in after.items() if t not in ("ingest.arrivals", "ingest.landing")} == {
        t: r for t, r in before.items() if t not in ("ingest.arrivals", "ingest.landing")
    }


def test_the_instant_of_a_later_delivery_counts(held: Any) -> None:
    held.drop("wms", "kits_20261105T060000Z.csv", MIXED)
    [again] = held.ingest().files
    assert again.status == "duplicate"
    assert f"tallyhouse quarantine retry {held.sha[:12]}" in again.reason
    release(held.settings, held.paths, held.sha, reason="right", **WHO)
    assert held.rows("select distinct strftime(_exported_at, '%d') from raw.house__kits") == [("05",)]
    assert_rebuilds(held)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [("strange.csv", "nothing,we,know\n1,2,3\n", "cannot be released, because it cannot be read"),
     ("empty.csv", "", "empty: the file has no bytes")],
)  # fmt: skip
def test_what_cannot_be_read_cannot_be_released(company: Any, name: str, content: str, message: str) -> None:
    company.drop("wms", name, content)
    [file] = company.ingest().files
    before = everything(company)
    with pytest.raises(QuarantineError, match=message):
        release(company.settings, company.paths, file.sha256, reason="right", **WHO)
    assert everything(company) == before
    assert not list(company.paths.staging.iterdir())


def test_a_copy_that_was_changed_or_removed_is_not_released_but_the_same_content_is(held: Any) -> None:
    [copy] = folder_of(held.paths.quarantine, "wms", held.sha).glob("held_*")
    copy.write_text("kit_sku,component_sku,component_qty\nK,Z,9\n")
    with pytest.raises(QuarantineError, match="is not what was delivered"):
        release(held.settings, held.paths, held.sha, reason="right", **WHO)
    copy.unlink()
    with pytest.raises(QuarantineError, match="--original PATH"):
        release(held.settings, held.paths, held.sha, reason="right", **WHO)
    original = held.paths.landing / "wms" / "kits_20261101T060000Z.csv"
    assert release(held.settings, held.paths, held.sha, reason="right", original=original, **WHO).rows_loaded == 2


@pytest.mark.parametrize(("actor", "reason"), [("", "right"), ("Ida", " ")])
def test_a_release_needs_a_name_and_a_reason(held: Any, actor: str, reason: str) -> None:
    with pytest.raises(QuarantineError, match="needs a named person and a reason"):
        release(held.settings, held.paths, held.sha, actor=actor, reason=reason)


@pytest.mark.parametrize(
    ("reference", "message"),
    [("12", "names nothing"), ("abcdef", "no file of this hash"), ("what?", "names nothing")],
)
def test_what_names_nothing_is_said(held: Any, reference: str, message: str) -> None:
    with pytest.raises(QuarantineError, match=message):
        release(held.settings, held.paths, reference, reason="right", **WHO)


def test_one_content_of_two_accounts_needs_the_account(company: Any) -> None:
    text = "Handle,SKU,Location,Available\nh,S,L,1\n"
    for account in ("shop", "shop_eu"):
        company.drop(account, "stock.csv", text)
    files = ingest(company.settings, company.paths, gate=ShutGate()).files
    with pytest.raises(QuarantineError, match="2 files fit"):
        release(company.settings, company.paths, files[0].sha256, reason="right", **WHO)
    release(company.settings, company.paths, files[0].sha256, reason="right", account="shop_eu", **WHO)
    assert company.rows("select distinct _account from raw.shopify__inventory") == [("shop_eu",)]
    assert_rebuilds(company)


def test_a_retry_asks_the_gate_again(held: Any) -> None:
    still = retry(held.settings, held.paths, held.sha, gate=ShutGate(), **WHO)
    assert (still.status, still.rows_loaded, still.rows_left) == ("held", 0, 3)
    assert "tallyhouse quarantine release" in still.detail
    assert_adds_up(held)
    assert_rebuilds(held)
    loaded = retry(held.settings, held.paths, held.sha, gate=held.gate, **WHO)
    assert (loaded.status, loaded.rows_loaded, loaded.rows_left) == ("loaded", 2, 1)
    assert [kind for (kind,) in held.rows("select kind from ingest.acts order by acted_at")] == ["retried", "retried"]
    assert_rebuilds(held)


def test_a_file_nobody_recognised_loads_once_a_mapping_reads_it(company: Any, tmp_path: Any) -> None:
    company.drop("wms", "sets.csv", "Set;Part;Pieces\nK;A;2\nK;B;x\nK;C;4\n")
    [file] = company.ingest().files
    assert (file.status, file.entity) == ("held", "")
    assert retry(company.settings, company.paths, file.sha256, gate=company.gate, **WHO).status == "held"
    mapped = with_mapping(company)
    outcome = retry(mapped, company.paths, file.sha256, gate=company.gate, **WHO)
    assert (outcome.status, outcome.rows_loaded, outcome.rows_left) == ("loaded", 2, 1)
    assert company.rows("select entity, status, rows_in from ingest.files") == [("kits", "loaded", 3)]
    assert_adds_up(company)
    assert_rebuilds(company)


def with_mapping(company: Any) -> Any:
    from company import load_settings

    (company.home / "mappings").mkdir(exist_ok=True)
    (company.home / "mappings" / "sets.toml").write_text(
        'entity = "kits"\nform = "csv"\n[csv]\ndelimiter = ";"\n[columns]\nkit_sku = { headers = ["Set"] }\n'
        'component_sku = { headers = ["Part"] }\ncomponent_qty = { headers = ["Pieces"] }\n'
    )
    settings = company.home / "tallyhouse.toml"
    settings.write_text(
        settings.read_text().replace(
            '[accounts.wms]\nsystem = "house"', '[accounts.wms]\nmappings = ["sets.toml"]\nsystem = "house"'
        )
    )
    return load_settings(company.home)


def test_an_ignored_file_stays_out_and_can_still_be_released(held: Any) -> None:
    act = ignore(held.settings, held.paths, held.sha, reason="a test export", **WHO)
    assert (act.kind, act.rows_left) == ("ignored", 3)
    assert held.rows("select status, rows_in, rows_quarantined from ingest.files") == [("ignored", 3, 3)]
    with pytest.raises(QuarantineError, match=r"nothing of .* waits"):
        ignore(held.settings, held.paths, held.sha, reason="again", **WHO)
    assert_rebuilds(held)
    assert release(held.settings, held.paths, held.sha, reason="no test", **WHO).status == "loaded"
    assert_rebuilds(held)


def test_only_copies_of_files_that_were_dealt_with_expire(make_company: Callable[..., Any]) -> None:
    company = make_company(keep_quarantine_days=0)
    for name, text in (("kits_a.csv", MIXED), ("kits_b.csv", MIXED.replace("K", "L"))):
        path = company.drop("wms", name, text)
        os.utime(path, (1_790_000_000, 1_790_000_000))
    first, second = ingest(company.settings, company.paths, gate=ShutGate()).files
    assert expire(company.settings, company.paths, **WHO).copies == 0
    release(company.settings, company.paths, first.sha256, reason="right", **WHO)
    assert expire(company.settings, company.paths, **WHO).copies == 1
    assert not folder_of(company.paths.quarantine, "wms", first.sha256).exists()
    assert folder_of(company.paths.quarantine, "wms", second.sha256).is_dir()
    assert_adds_up(company)
    assert_rebuilds(company)


def test_a_loaded_file_is_read_again_from_its_original_only(company: Any) -> None:
    text = KITS + "K,A,1\nK,B,x\nK,C\n"
    original = company.drop("wms", "kits_20261101T060000Z.csv", text)
    [file] = ingest(company.settings, company.paths, gate=company.gate).files
    assert (file.status, file.rows_loaded, file.rows_quarantined) == ("loaded", 1, 2)
    again = reread(company.settings, company.paths, file.sha256, original=original, **WHO)
    assert (again.rows_loaded, again.rows_left) == (0, 2)
    assert_rebuilds(company)
    other = company.drop("wms", "other.txt", "x")
    with pytest.raises(QuarantineError, match="is not what was delivered"):
        reread(company.settings, company.paths, file.sha256, original=other, **WHO)
