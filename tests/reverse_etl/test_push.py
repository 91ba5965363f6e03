"""The walk of a push through the file outbox, from published rows to acknowledged state."""

from __future__ import annotations

import csv
import errno
import json
from pathlib import Path

import pytest

import company
from ops import approve_plan, open_store, push_mirror, set_kill_switch, verify_audit
from reverse_etl import Outbox, outbox_drift
from tests.reverse_etl.conftest import ANA

DESTINATIONS = {"shop_stock", "market_stock", "web_stock", "purchasing"}


def everywhere(world, number, quantity, **changes):
    return [world.stock(account, number, quantity, **changes) for account in ("shop", "market", "web")]


def by_name(report):
    return {run.destination: run for run in report.destinations}


def assert_counts_add_up(world, report):
    """planned = sent + unchanged + held + rejected, in the report and, by SQL over the rows, in the journal."""
    for run in report.destinations:
        assert run.planned == run.sent + run.unchanged + run.held + run.rejected
    with open_store(world.paths.ops) as store:
        assert not store.query(
            "select r.run_id from push_run r left join push_intent i using (run_id) group by r.run_id"
            " having r.planned_count <> r.unchanged_count + count(i.row_key) or (r.finished_at is not null and ("
            " r.sent_count <> coalesce(sum(i.status = 'confirmed'), 0) or r.held_count <> coalesce(sum(i.status = 'held'), 0)"
            " or r.rejected_count <> coalesce(sum(i.status = 'rejected'), 0)"
            " or r.superseded_count <> coalesce(sum(i.status = 'superseded'), 0)))"
        )
        assert verify_audit(store).intact


def test_a_first_push_sends_everything_and_a_second_push_nothing(world):
    world.publish(everywhere(world, 1, 5) + everywhere(world, 2, 0), [world.proposal(1, 12)])

    first, second = world.push(), world.push()

    assert set(by_name(first)) == DESTINATIONS
    assert (first.planned, first.sent, first.unchanged, first.held, first.rejected) == (7, 7, 0, 0, 0)
    assert {run.status for run in first.destinations} == {"succeeded"}
    assert (second.planned, second.sent, second.unchanged) == (7, 0, 7)
    assert [run.files for run in second.destinations] == [()] * 4
    assert first.to_dict()["destinations"][0]["files"] == list(by_name(first)["shop_stock"].files)
    assert_counts_add_up(world, first)
    assert_counts_add_up(world, second)


def test_every_file_has_a_manifest_with_its_hash_and_nothing_unfinished_is_left(world):
    world.publish(everywhere(world, 1, 5), [world.proposal(1, 12)])
    report = world.push()

    outbox = Outbox(world.paths.outbox)
    manifests = outbox.manifests()
    assert {name for _, name in manifests} == {name for run in report.destinations for name in run.files}
    for (destination, name), manifest in manifests.items():
        run = by_name(report)[destination]
        assert name.startswith(f"{destination}__{run.run_id}__001__{manifest['sha256'][:12]}.")
        assert (manifest["row_count"], len(manifest["rows"]), manifest["plan_hash"]) == (1, 1, run.plan_hash)
    assert not [path for path in world.paths.outbox.rglob("*") if "unfinished" in path.name]
    with open_store(world.paths.ops) as store:
        assert outbox_drift(store, outbox) == []


def test_shopify_takes_on_hand_so_that_open_orders_are_subtracted_once(world):
    world.publish([world.stock("shop", 1, 7, committed=3, unavailable=2), world.stock("market", 1, 7, committed=3)])
    world.push(destinations=["shop_stock", "market_stock"])

    with world.files("shop_stock")[0].open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    on_hand = int(row["On hand (new)"])
    assert on_hand == 12
    # The shop derives what it shows: its own open orders and unavailable units come off the imported number.
    assert on_hand - 3 - 2 == 7
    (message,) = json.loads(world.files("market_stock")[0].read_text(encoding="utf-8"))["messages"]
    assert message["patches"][0]["value"][0]["quantity"] == 7


def test_only_changes_are_sent_and_what_goes_down_leaves_first(world):
    world.publish([world.stock("market", n, 10) for n in range(40)])
    world.push(destinations=["market_stock"])
    changed = [world.stock("market", n, {0: 0, 1: 9, 2: 11}.get(n, 10)) for n in range(40)]
    world.publish(changed)
    report = world.push(destinations=["market_stock"])

    assert (report.sent, report.unchanged) == (3, 37)
    names = by_name(report)["market_stock"].files
    first, second = (json.loads((world.paths.outbox / "market_stock" / name).read_text("utf-8")) for name in names)
    assert [message["sku"] for message in first["messages"]] == ["SKU-0", "SKU-1"]
    assert [message["sku"] for message in second["messages"]] == ["SKU-2"]


def test_an_increase_waits_while_another_destination_still_shows_too_much(world):
    world.publish([world.stock("market", n, 10) for n in range(30)] + [world.stock("web", n, 10) for n in range(30)])
    world.push(destinations=["market_stock", "web_stock"])
    with open_store(world.paths.ops) as store:
        set_kill_switch(store, "destination", "market_stock", engaged=True, reason="maintenance", actor=ANA)
    world.publish(
        [world.stock("market", n, 8 if n == 3 else 10) for n in range(30)]
        + [world.stock("web", n, 12 if n in (3, 4) else 10) for n in range(30)]
    )
    report = world.push(destinations=["market_stock", "web_stock"])

    assert by_name(report)["market_stock"].status == "killed"
    rows = {(row[1], row[2]): (row[5], row[6]) for row in push_mirror(world.paths.ops).rows if row[5] == "held"}
    assert rows == {
        ("market_stock", "market-3"): ("held", "kill_switch"),
        ("web_stock", "web-3"): ("held", "decrease_pending"),
    }
    with open_store(world.paths.ops) as store:
        set_kill_switch(store, "destination", "market_stock", engaged=False, reason="done", actor=ANA)
    assert world.push(destinations=["market_stock", "web_stock"]).sent == 2
    assert_counts_add_up(world, report)


def test_stale_rows_may_only_go_down(world):
    world.publish([world.stock("market", n, 10) for n in range(4)])
    world.push(destinations=["market_stock"])
    world.publish([
        world.stock("market", 0, 9, status="stale"), world.stock("market", 1, 11, status="stale"),
        world.stock("market", 2, 11, feed_age_minutes=None), world.stock("market", 3, 10),
        world.stock("market", 4, 3, status="stale"), world.stock("market", 5, 0, status="stale"),
    ])  # fmt: skip
    report = world.push(destinations=["market_stock"])

    held = {row[2]: row[6] for row in push_mirror(world.paths.ops).rows if row[5] == "held"}
    assert held == dict.fromkeys(("market-1", "market-2", "market-4"), "stale_input")
    assert (report.sent, report.unchanged, report.held) == (2, 1, 3)
    assert by_name(report)["market_stock"].status == "partial"


def test_rows_that_cannot_be_sent_are_kept_back_each_with_its_reason(world):
    world.publish([
        world.stock("web", 1, 5), world.stock("web", 2, 5, channel_product_id=None),
        world.stock("web", 3, 5, channel_product_id="7/x"), world.stock("web", 4, 3_000_000_000),
        world.stock("web", 5, None), world.stock("web", 6, 1, channel_product_id="77"),
        world.stock("web", 7, 2, channel_product_id="77"), world.stock("web", 8, 1), world.stock("web", 8, 2),
        world.stock("web", 9, 4, channel_product_id="12/34"), world.stock("web", 10, 4, channel_sku=""),
    ])  # fmt: skip
    report = world.push(destinations=["web_stock"])

    reasons = {row[2]: (row[5], (row[6] or "").split(":")[0]) for row in push_mirror(world.paths.ops).rows}
    assert reasons == {
        "web-1": ("confirmed", ""), "web-9": ("confirmed", ""),
        "web-2": ("held", "mapping_missing"), "web-3": ("held", "mapping_invalid"),
        "web-4": ("held", "quantity_out_of_range"), "web-5": ("rejected", "invalid_payload"),
        "web-6": ("held", "duplicate_address"), "web-7": ("held", "duplicate_address"),
        "web-8": ("held", "duplicate_key"), "web-8#2": ("held", "duplicate_key"),
        "web-10": ("rejected", "invalid_payload"),
    }  # fmt: skip
    assert (report.planned, report.sent, report.held, report.rejected) == (11, 2, 7, 2)
    assert_counts_add_up(world, report)


def test_a_dry_run_is_recorded_and_sends_nothing(world):
    world.publish(everywhere(world, 1, 5), [world.proposal(1, 12)])
    report = world.push(dry_run=True)

    assert report.dry_run
    assert (report.planned, report.sent, report.held) == (4, 0, 4)
    assert report.to_dict()["would_send"] == 4
    assert not list(world.paths.outbox.rglob("*"))
    mirror = push_mirror(world.paths.ops)
    assert {(run[3], run[4]) for run in mirror.runs} == {("dry_run", "planned")}
    assert {(row[5], row[6]) for row in mirror.rows} == {("held", "dry_run")}
    assert mirror.state == []
    assert_counts_add_up(world, report)
    assert world.push().sent == 4


def test_the_environment_decides_between_dry_run_and_real(world, monkeypatch):
    world.publish(everywhere(world, 1, 5))
    monkeypatch.setenv("TALLYHOUSE_ENVIRONMENT", "local")
    assert world.push().dry_run
    monkeypatch.setenv("TALLYHOUSE_ENVIRONMENT", "prod")
    assert not world.push().dry_run


def test_an_empty_input_holds_stock_destinations_but_not_purchasing(world):
    world.publish()
    report = by_name(world.push())

    assert {name: run.status for name, run in report.items()} == {
        "shop_stock": "held", "market_stock": "held", "web_stock": "held", "purchasing": "succeeded",
    }  # fmt: skip
    assert report["shop_stock"].reason == "empty_input: limit at least 1 row, observed 0 rows"


def test_a_guard_holds_the_whole_run_until_a_person_releases_exactly_that_plan(world):
    world.publish([world.stock("market", n, 10) for n in range(40)])
    world.push(destinations=["market_stock"])
    world.publish([world.stock("market", n, 0 if n < 11 else 10) for n in range(40)])
    held = by_name(world.push(destinations=["market_stock"]))["market_stock"]
    assert (held.status, held.sent, held.held) == ("held", 0, 11)
    assert "to_zero_rows: limit 10 of 40 rows, observed 11 rows" in held.reason

    with open_store(world.paths.ops) as store, pytest.raises(ValueError, match="no push was held"):
        approve_plan(store, "0" * 64, actor=ANA, reason="clearance")
    with open_store(world.paths.ops) as store:
        approve_plan(store, held.plan_hash, actor=ANA, reason="clearance")
    world.publish([world.stock("market", n, 0 if n < 12 else 10) for n in range(40)])
    assert world.push(destinations=["market_stock"]).sent == 0
    world.publish([world.stock("market", n, 0 if n < 11 else 10) for n in range(40)])
    released = by_name(world.push(destinations=["market_stock"]))["market_stock"]
    assert (released.sent, released.status) == (11, "succeeded")
    assert released.reason.endswith("released by ana")


def test_a_switch_for_a_sku_keeps_only_that_sku_back_everywhere(world):
    world.publish(everywhere(world, 1, 5) + everywhere(world, 2, 5))
    with open_store(world.paths.ops) as store:
        set_kill_switch(store, "sku", "S1", engaged=True, reason="recall", actor=ANA)
    report = world.push(destinations=["shop_stock", "market_stock", "web_stock"])
    assert (report.sent, report.held) == (3, 3)
    assert {row[2] for row in push_mirror(world.paths.ops).rows if row[6] == "kill_switch"} == {
        "shop-1",
        "market-1",
        "web-1",
    }


def test_a_global_switch_set_while_a_push_runs_stops_the_next_file(world):
    world.publish([world.stock(account, n, n % 2) for account in ("market", "web") for n in range(4)])

    def stop_after_the_first_file(progress):
        if progress.step == "sent":
            with open_store(world.paths.ops) as store:
                set_kill_switch(store, "global", "*", engaged=True, reason="stop", actor=ANA)

    report = world.push(destinations=["market_stock", "web_stock"], on_progress=stop_after_the_first_file)
    assert sum(len(run.files) for run in report.destinations) == 1
    assert {run.status for run in report.destinations} == {"killed"}
    assert_counts_add_up(world, report)


def test_proposals_go_out_once_in_one_file(world):
    world.publish(proposals=[world.proposal(1, 12), world.proposal(2, 5)])
    report = by_name(world.push(destinations=["purchasing"]))["purchasing"]
    assert (report.sent, report.held, len(report.files)) == (2, 0, 1)

    world.publish(proposals=[world.proposal(1, 12, reasons="recomputed later"), world.proposal(4, 1)])
    again = world.push(destinations=["purchasing"])
    assert (again.sent, again.unchanged) == (1, 1)


def test_a_full_disk_fails_the_run_and_loses_nothing(world, monkeypatch):
    world.publish(everywhere(world, 1, 5))
    replace = Path.replace

    def full(path, target):
        if "market_stock" in str(path) and "manifest" in path.name:
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", full)
    report = by_name(world.push(destinations=["market_stock", "web_stock"]))
    monkeypatch.undo()

    assert (report["market_stock"].status, report["market_stock"].sent) == ("failed", 0)
    assert report["market_stock"].reason == "the outbox cannot be written: No space left on device"
    assert report["web_stock"].sent == 1
    assert world.files("market_stock") == []
    assert world.push(destinations=["market_stock"]).sent == 1


def test_an_unknown_destination_is_a_configuration_error(world):
    world.publish()
    with pytest.raises(company.ConfigurationError, match="no destination elsewhere; configured are: market_stock"):
        world.push(destinations=["elsewhere"])
