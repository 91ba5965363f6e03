"""Silence is an alert: in words, once per silence, in the status of a home, and only for feeds there are."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from company import ConfigurationError, Paths, load_settings
from orchestration.silence import check_cadences, silences, silent_feeds, tell_silences
from warehouse import writer

HEALTH = """
    create schema if not exists reports; create or replace table reports.rpt_data_health_feeds as
    select * from (values
        ('eu', 'none yet', null, null, 'silent'),
        ('shop', 'inventory', timestamp '2026-11-18 06:00:00', 24, 'late'),
        ('shop', 'orders', null, 2, 'silent'),
        ('shop', 'products', timestamp '2026-11-19 06:00:00', 720, 'fresh'),
        ('wms', 'not recognised', null, null, 'silent')
    ) t (account, entity, newest_exported_at, cadence_hours, status)
"""
LINES = (
    "eu: has never delivered anything",
    "shop/inventory: silent since 2026-11-18T06:00Z, expected every 24 h",
    "shop/orders: has never delivered a file that could be loaded, expected every 2 h",
)


def alerts(paths: Paths) -> list[str]:
    file = paths.ops.parent / "alerts.jsonl"
    return [json.loads(line)["message"] for line in file.read_text().splitlines()] if file.is_file() else []


def test_every_silence_is_said_in_words(home: Path) -> None:
    paths = Paths(home)
    paths.create()
    with writer(paths.warehouse) as connection:
        connection.execute(HEALTH)
    assert silent_feeds(paths) == LINES


def test_a_silence_is_told_once_until_it_ends_and_begins_again(home: Path) -> None:
    paths = Paths(home)
    assert tell_silences(paths, LINES, "run") == LINES
    assert tell_silences(paths, LINES, "run") == ()
    assert tell_silences(paths, LINES[:1], "run") == ()
    assert tell_silences(paths, LINES, "run") == LINES[1:]
    assert alerts(paths) == [*LINES, *LINES[1:]]


def test_what_is_fresh_is_not_silent() -> None:
    fresh = {"account": "shop", "entity": "orders", "newest_exported_at": datetime(2026, 11, 20), "cadence_hours": 2}
    assert silences([fresh | {"status": "fresh"}]) == ()
    assert len(silences([fresh | {"status": "late"}])) == 1


def test_a_cadence_of_a_feed_that_is_not_there_is_refused(tmp_path: Path) -> None:
    toml = '[company]\nname = "Tiny"\n[accounts.shop]\nsystem = "shopify"\ncadence_hours = { %s = 2 }\n'
    (tmp_path / "tallyhouse.toml").write_text(toml % "orders")
    check_cadences(load_settings(tmp_path))
    (tmp_path / "tallyhouse.toml").write_text(toml % "odrers")
    with pytest.raises(ConfigurationError, match=r"accounts\.shop\.cadence_hours\.odrers: shopify has no such feed"):
        check_cadences(load_settings(tmp_path))
