"""`tallyhouse feed check`: what it prints, for a person and as JSON, and what its exit code says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Invoke = Callable[..., Any]
FIXTURES = Path(__file__).parent.parent / "fixtures" / "mappings"
EXPORT, MAPPING = FIXTURES / "shop_plugin.csv", FIXTURES / "shop_plugin.toml"


def test_a_good_file_ends_with_0_and_needs_no_home(invoke: Invoke) -> None:
    ended = invoke("feed", "check", EXPORT, "--mapping", MAPPING)
    assert ended.code == 0
    assert "2 rows in = 2 would load + 0 would be refused" in ended.out
    for said in (
        "read as cp1252",
        "Bestell-Nr.",
        "kept aside, not mapped: Gutschein",
        "never stored: Kunde, Straße",
        "1433.66",
    ):
        assert said in ended.out
    assert "Emil" not in ended.out


def test_the_same_as_json(invoke: Invoke) -> None:
    ended = invoke("feed", "check", EXPORT, "--mapping", MAPPING, "--rows", 1, "--json")
    assert ended.document["ok"] is True
    [part] = ended.document["parts"]
    assert (part["entity"], part["rows_in"], part["rows_loaded"], part["rows_refused"]) == ("orders", 2, 2, 0)
    assert [row["unit_price_amount"] for row in part["rows"]] == ["1433.6600"]


def test_a_file_with_faults_ends_with_1_and_says_line_reason_and_fix(invoke: Invoke, tmp_path: Path) -> None:
    text = EXPORT.read_text(encoding="cp1252").replace("offen", "unterwegs")
    (tmp_path / "export.csv").write_text(text, encoding="utf-8")
    ended = invoke("feed", "check", tmp_path / "export.csv", "--mapping", MAPPING)
    assert ended.code == 1
    assert "2 rows in = 1 would load + 1 would be refused" in ended.out
    assert "not_allowed" in ended.out
    assert "columns.order_status.words" in ended.out.replace("\n", "")


def test_a_file_that_would_be_held_ends_with_1(invoke: Invoke) -> None:
    ended = invoke("feed", "check", EXPORT, "--system", "shopify")
    assert ended.code == 1
    assert "It would be held whole" in ended.out
    assert "What to do" in ended.out


def test_a_wrong_mapping_ends_with_3_and_says_every_fault(invoke: Invoke, tmp_path: Path) -> None:
    wrong = MAPPING.read_text(encoding="utf-8").replace('"%d.%m.%Y"]', '"%q"]').replace('factor = "12"', "factor = 12")
    (tmp_path / "m.toml").write_text(wrong, encoding="utf-8")
    ended = invoke("feed", "check", EXPORT, "--mapping", tmp_path / "m.toml")
    assert ended.code == 3
    assert "columns.ordered_qty.factor: 12 is not text. Fix: write it in quotes." in ended.err
    (tmp_path / "m.toml").write_text(wrong.replace("factor = 12", ""), encoding="utf-8")
    ended = invoke("feed", "check", EXPORT, "--mapping", tmp_path / "m.toml")
    assert ended.code == 3
    assert "values.date_formats: '%q' has %q" in ended.err


def test_an_account_lends_its_mappings_zone_and_date_order(invoke: Invoke, home: Path) -> None:
    (home / "mappings").mkdir()
    text = (FIXTURES / "tiktok_like.toml").read_text(encoding="utf-8")
    text = text.replace("%d/%m/%Y", "{day}").replace('zone = "Europe/London"', 'zone = ""')
    (home / "mappings" / "video.toml").write_text(text, encoding="utf-8")
    account = '[accounts.video]\nsystem = "house"\ntime_zone = "Asia/Kolkata"\nmappings = ["video.toml"]\ndate_order = "dmy"\n'
    settings = home / "tallyhouse.toml"
    settings.write_text(settings.read_text() + account)
    arguments = ("feed", "check", FIXTURES / "tiktok_like.csv", "--home", home)
    ended = invoke(*arguments, "--account", "video", "--json")
    assert ended.code == 0
    assert [row["ordered_at"] for row in ended.document["parts"][0]["rows"]] == [
        "2026-07-21 04:00:00",
        "2026-11-05 18:29:59",
    ]
    without = invoke(*arguments, "--mapping", "video.toml")
    assert (without.code, "setting_missing" in without.out) == (1, True)
    other = invoke(*arguments, "--account", "nobody")
    assert (other.code, "there are: shop, video" in other.err) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((EXPORT,), 2, "name a --mapping"),
        ((EXPORT, "--system", "nobody"), 1, "is no system"),
        ((FIXTURES / "none.csv", "--system", "house"), 1, "no such file"),
        ((EXPORT, "--mapping", "none.toml"), 3, "not found"),
    ],
)
def test_what_cannot_be_checked_is_said(invoke: Invoke, arguments: tuple[Any, ...], code: int, said: str) -> None:
    ended = invoke("feed", "check", *arguments)
    assert ended.code == code
    assert said in ended.err
