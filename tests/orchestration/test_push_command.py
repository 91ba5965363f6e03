"""`tallyhouse push ...` against a shop on a real socket: look, send, read back, stop, approve, try again; and the audit of it."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ops import OpsStore, open_store
from tests.emulators.front import Answer, Fault
from tests.orchestration.conftest import Invoke
from tests.reverse_etl.channels import SHOPIFY, Shop
from tests.reverse_etl.conftest import PROPOSAL_COLUMNS, STOCK_COLUMNS, stock
from warehouse import publish
from warehouse.connection import writer

PEOPLE = f"""
[people."Otto Example"]
roles = ["operator"]
logins = ["{getpass.getuser()}"]
[people."Dana Example"]
roles = ["approver", "operator"]
[people."Ben Example"]
roles = ["approver"]
[people."Vera Example"]
roles = ["viewer"]
"""


class Company:
    """A home with one shop, published by hand, and the command line on it."""

    def __init__(self, shop: Shop, invoke: Invoke) -> None:
        self.shop, self.invoke = shop, invoke
        shop.configure()
        settings = shop.world.paths.home / "tallyhouse.toml"
        settings.write_text(settings.read_text("utf-8") + PEOPLE, encoding="utf-8")

    def publish(self, **wanted: int) -> None:
        rows = [stock("shop", name.removeprefix("SKU"), units) for name, units in wanted.items()]
        with writer(self.shop.world.paths.warehouse) as connection:
            connection.execute("drop schema if exists exports cascade; create schema exports")
            for table, columns in (("exp_channel_stock", STOCK_COLUMNS), ("exp_purchase_proposals", PROPOSAL_COLUMNS)):
                connection.execute(
                    f"create table exports.{table} ({', '.join(f'{n} {t}' for n, t in columns.items())})"
                )
            marks = ", ".join("?" * len(STOCK_COLUMNS))
            cells = [[row[name] for name in STOCK_COLUMNS] for row in rows]
            connection.executemany(f"insert into exports.exp_channel_stock values ({marks})", cells)
        publish(self.shop.world.paths, as_of=datetime(2026, 11, 20, 6, tzinfo=UTC), keep=3, checks_passed=True)

    def run(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        ended = self.invoke("push", *arguments, "--home", self.shop.world.home, "--json")
        assert ended.code == code, ended.err
        document: dict[str, Any] = json.loads(ended.out)
        return document

    def events(self) -> list[str]:
        with open_store(self.shop.world.paths.ops) as store:
            return _events(store)


def _events(store: OpsStore) -> list[str]:
    return [event for (event,) in store.query("select event from audit order by seq")]


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, invoke: Invoke) -> Iterator[Company]:
    monkeypatch.setenv("EMULATED_KEY", SHOPIFY.secret)
    shop = Shop(tmp_path / "home", SHOPIFY)
    with shop.front:
        yield Company(shop, invoke)


def test_a_plan_changes_nothing_and_apply_does_what_it_said(company: Company) -> None:
    company.publish(SKU1=4, SKU2=10)
    planned = company.run("plan")
    assert (planned["would_send"], planned["sent"]) == (2, 0)
    assert company.shop.front.ledger == []
    applied = company.run("apply")
    assert applied["sent"] == 2
    assert company.shop.shop.levels["SKU-1"] == 4
    rows = {row["channel_sku"]: row for row in company.run("show")["rows"]}
    assert (rows["SKU-1"]["quantity"], rows["SKU-1"]["evidence"]) == (4, "answer")


def test_drift_is_read_back_and_the_next_apply_repairs_it(company: Company) -> None:
    company.publish(SKU1=9, SKU2=10, SKU3=10)
    company.run("apply")
    company.shop.shop.sell("SKU-1", 1)
    (reading,) = company.run("drift")["destinations"]
    assert [(d["written"], d["seen"], d["drift"]) for d in reading["drifts"]] == [(9, 8, "sale_since_write")]
    assert company.run("apply")["sent"] == 1
    assert company.shop.shop.levels["SKU-1"] == 9


def test_a_switch_stops_a_destination_until_it_is_cleared(company: Company) -> None:
    company.publish(SKU1=4)
    company.run("kill", "--destination", "shop_api", "--reason", "wrong prices", "--actor", "Dana Example")
    assert company.run("apply", code=1)["sent"] == 0
    assert company.shop.front.writes == []
    (switch,) = company.run("status")["switches"]
    assert (switch["key"], switch["actor"]) == ("shop_api", "Dana Example")
    company.run("resume", "--destination", "shop_api", "--reason", "prices corrected")
    assert company.run("apply")["sent"] == 1
    assert {"kill_switch_engaged", "kill_switch_cleared", "breaker_closed"} <= set(company.events())


def test_a_held_plan_goes_out_once_it_is_approved(company: Company) -> None:
    company.publish(**{f"SKU{n}": 10 for n in range(1, 31)})
    company.shop.shop.levels |= {f"SKU-{n}": 10 for n in range(1, 31)}
    company.run("apply")
    company.publish(**{f"SKU{n}": 0 for n in range(1, 31)})
    held = company.run("apply", code=1)["destinations"][0]
    assert held["status"] == "held"
    company.run("approve", held["plan_hash"][:10], "--reason", "season is over", "--actor", "Dana Example")
    assert company.run("apply")["sent"] == 30
    assert set(company.shop.shop.levels.values()) == {0}


def test_an_unknown_plan_or_row_is_named(company: Company) -> None:
    company.publish(SKU1=4)
    assert "held plans begin with abc" in company.run("approve", "abc", "--reason", "x", code=1)["error"]["message"]
    assert "no refused row fits" in company.run("replay", "--reason", "x", code=1)["error"]["message"]
    unknown = company.run("kill", "--destination", "nowhere", "--reason", "x", code=1)["error"]["message"]
    assert "shop_api" in unknown
    assert company.invoke("push", "kill", "--reason", "x", "--home", company.shop.world.home).code == 2


def test_a_refused_row_is_replayed_from_the_current_target(company: Company) -> None:
    error = {"code": "INVALID_INVENTORY_ITEM", "field": ["input", "quantities", "0", "inventoryItemId"]}
    body = {"data": {"inventorySetQuantities": {"inventoryAdjustmentGroup": None, "userErrors": [error]}}}
    company.publish(SKU1=4)
    company.shop.front.write_faults = [Fault("no", Answer.of(body))]
    assert company.run("apply")["rejected"] == 1
    assert [letter["channel_sku"] for letter in company.run("status")["refused"]] == ["SKU-1"]
    assert company.run("replay", "--sku", "SKU-1", "--reason", "listing repaired")["released"] == 1
    company.publish(SKU1=6)
    assert company.run("apply")["sent"] == 1
    assert company.shop.shop.levels["SKU-1"] == 6


def test_a_missing_key_is_named_and_is_a_matter_of_configuration(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EMULATED_KEY")
    company.publish(SKU1=4)
    assert "EMULATED_KEY" in company.run("apply", code=3)["error"]["message"]


def test_the_audit_is_verified_and_a_changed_row_is_named(company: Company, invoke: Invoke) -> None:
    company.publish(SKU1=4)
    company.run("apply")
    home = company.shop.world.home
    assert json.loads(invoke("audit", "verify", "--home", home, "--json").out)["intact"]
    with open_store(company.shop.world.paths.ops) as store, store.transaction() as connection:
        connection.execute("drop trigger audit_no_update")
        connection.execute("update audit set actor = 'Somebody Else' where seq = 1")
    ended = invoke("audit", "verify", "--home", home, "--json")
    assert ended.code == 1
    assert json.loads(ended.out)["first_bad_seq"] == 1


def held_by(company: Company, person: str) -> str:
    """Ask for a push that a guard holds; return its plan's hash."""
    company.publish(**{f"SKU{n}": 10 for n in range(1, 31)})
    company.shop.shop.levels |= {f"SKU-{n}": 10 for n in range(1, 31)}
    company.run("apply", "--actor", person)
    company.publish(**{f"SKU{n}": 0 for n in range(1, 31)})
    held = company.run("apply", "--actor", person, code=1)["destinations"][0]
    return str(held["plan_hash"])


def test_who_asked_for_a_push_does_not_release_it(company: Company) -> None:
    plan = held_by(company, "Dana Example")
    for person, message in (("Dana Example", "asked for this push; Ben Example has to approve it"),
                            ("Otto Example", "to approve takes approver")):  # fmt: skip
        refused = company.run("approve", plan, "--reason", "sale", "--actor", person, code=1)
        assert message in refused["error"]["message"]
    assert company.run("apply", code=1)["sent"] == 0
    company.run("approve", plan, "--reason", "season is over", "--actor", "Ben Example")
    assert company.run("apply")["sent"] == 30


def test_an_emergency_release_waits_in_the_status_for_its_second_person(company: Company) -> None:
    plan = held_by(company, "Dana Example")
    company.run("approve", plan, "--emergency", "--reason", "recall", "--actor", "Dana Example")
    assert company.run("apply")["sent"] == 30
    (release,) = company.run("status")["emergencies"]
    assert (release["actor"], release["reason"]) == ("Dana Example", "recall")
    number = str(release["approval_id"])
    shown = company.invoke("push", "status", "--home", company.shop.world.home).out
    assert f"tallyhouse push countersign {number}" in shown
    alone = company.run("countersign", number, "--reason", "it was right", "--actor", "Dana Example", code=1)
    assert "another approver has to countersign" in alone["error"]["message"]
    company.run("countersign", number, "--reason", "it was right", "--actor", "Ben Example")
    assert company.run("status")["emergencies"] == []
    again = company.run("countersign", number, "--reason", "again", "--actor", "Ben Example", code=1)
    assert "waits for a second person" in again["error"]["message"]
    assert {"plan_released_in_emergency", "emergency_countersigned"} <= set(company.events())


def test_a_viewer_only_looks(company: Company) -> None:
    company.publish(SKU1=4)
    assert company.run("plan")["would_send"] == 1
    for arguments in (("apply",), ("kill", "--all", "--reason", "r"), ("replay", "--reason", "r")):
        ended = company.invoke("push", *arguments, "--actor", "Vera Example", "--home", company.shop.world.home)
        assert ended.code == 1
        assert company.shop.front.writes == []


def test_a_first_plan_that_reads_everything_is_guarded_and_names_what_it_cannot_read(company: Company) -> None:
    company.shop.shop.levels |= {f"SKU-{n}": 10 for n in range(1, 31)}
    company.publish(**{f"SKU{n}": 0 if n % 2 else 10 for n in range(1, 32)})
    planned = company.run("plan", "--resync", "--destination", "shop_api", code=1)
    (reading,) = planned["resync"]
    assert (reading["read_rows"], reading["new_rows"], reading["problem"]) == (30, 30, None)
    assert reading["unknown"] == {"shop-31": "mapping_missing"}
    (run,) = planned["destinations"]
    assert (run["status"], run["unchanged"], run["reason"].split(":")[0]) == ("held", 15, "changed_rows")
    assert company.run("apply", code=1)["sent"] == 0
    assert company.shop.front.writes == []
    company.run("approve", run["plan_hash"][:12], "--reason", "looked at", "--actor", "Dana Example")
    assert company.run("apply")["sent"] == 15


def test_a_reading_that_fails_is_said_and_ends_with_an_exit_code(company: Company) -> None:
    company.publish(SKU1=10)
    company.shop.front.read_faults = [Fault("no", "reset")] * 3
    ended = company.invoke("push", "plan", "--resync", "--home", company.shop.world.home)
    assert ended.code == 1
    assert "not all could be read: unreachable: " in ended.out
    assert "shop-1: unreachable: " in ended.out
    read = company.run("plan", "--resync")
    assert (read["resync"][0]["read_rows"], read["unchanged"], read["would_send"]) == (1, 1, 0)
    assert "resync" not in company.run("plan")


def test_a_destination_of_files_cannot_be_read_first(company: Company) -> None:
    settings = company.shop.world.paths.home / "tallyhouse.toml"
    files = '[destinations.files]\nkind = "shopify_inventory_csv"\naccount = "shop"\nlocation = "Main"\n'
    settings.write_text(settings.read_text("utf-8") + files, encoding="utf-8")
    company.publish(SKU1=10)
    refused = company.run("plan", "--resync", "--destination", "files", code=3)["error"]["message"]
    assert "shopify_inventory_csv takes files" in refused
    assert [run["destination"] for run in company.run("plan", "--resync")["destinations"]] == ["shop_api"]
