"""`tallyhouse proposals ...` from what is computed to what the purchaser answers, by people with roles; and the audit of it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

import company
from tests.orchestration.conftest import Invoke
from tests.reverse_etl.conftest import World, proposal

TOML = """
environment = "local"
[company]
name = "Invented"
[destinations.buying]
kind = "purchase_proposals_csv"
[environments.demo]
[environments.local]
[environments.prod]
[environments.test]
[purchasing]
auto_approve_up_to = 10
tiers = [{ up_to = 100, approvals = 1 }, { approvals = 2 }]
[people."Pia Planner"]
roles = ["planner"]
[people."Ana Approver"]
roles = ["approver"]
[people."Ben Approver"]
roles = ["approver"]
[people."Otto Operator"]
roles = ["operator"]
[people."Ida Auditor"]
roles = ["auditor"]
"""
PIA, ANA, BEN, OTTO, IDA = "Pia Planner", "Ana Approver", "Ben Approver", "Otto Operator", "Ida Auditor"


class House:
    """A home with published proposals and the command line on it; a proposal costs 2.50 a unit."""

    def __init__(self, home: Path, invoke: Invoke) -> None:
        (home / company.CONFIG_FILE).write_text(TOML, encoding="utf-8")
        self.world, self.invoke = World(home), invoke
        self.world.paths.create()

    def publish(self, **wanted: int) -> None:
        self.world.publish(proposals=[proposal(int(name[1:]), units) for name, units in wanted.items()])
        pointer = {"file": self.world.serving.name, "build_id": "b1", "built_at": "2026-11-20T06:00:00+00:00",
                   "as_of": "2026-11-20T06:00:00+00:00", "checks": {}, "tables": {}}  # fmt: skip
        (self.world.paths.serving / "pointer.json").write_text(json.dumps(pointer), encoding="utf-8")

    def run(self, *arguments: str, by: str | None = None, code: int = 0) -> dict[str, Any]:
        actor = ("--actor", by) if by else ()
        ended = self.invoke(*arguments, *actor, "--home", self.world.home, "--json")
        assert ended.code == code, ended.out + ended.err
        document: dict[str, Any] = json.loads(ended.out)
        return document

    def states(self, *options: str) -> dict[str, tuple[str, int]]:
        rows = self.run("proposals", "list", *options)["proposals"]
        return {row["proposal_id"]: (row["state"], row["quantity"]) for row in rows}

    def sent(self) -> dict[str, int]:
        found = {}
        for path in self.world.files("buying"):
            if ".receipt." not in path.name:
                with path.open(encoding="utf-8", newline="") as file:
                    found |= {row["proposal_id"]: int(row["quantity"]) for row in csv.DictReader(file)}
        return found


@pytest.fixture
def house(tmp_path: Path, invoke: Invoke) -> House:
    return House(tmp_path, invoke)


def test_from_computed_to_ordered(house: House) -> None:
    house.publish(P1=20, P2=100, P3=4)
    planned = house.run("push", "plan")
    assert (planned["would_send"], planned["held"]) == (1, 3)
    assert house.states() == {"P1": ("submitted", 20), "P2": ("submitted", 100), "P3": ("approved", 4)}
    house.run("proposals", "edit", "P1", "--quantity", "30", "--reason", "one pallet", by=PIA)
    house.run("proposals", "submit", "P1", by=PIA)
    house.run("proposals", "approve", "P1", "P2", by=ANA)
    assert house.run("proposals", "send", by=OTTO)["sent"] == 2
    assert house.sent() == {"P1": 30, "P3": 4}, "what is sent is what was approved"
    house.run("proposals", "approve", "P2", "--reason", "needed", by=BEN)
    assert house.run("push", "apply", by=OTTO)["sent"] == 1
    assert house.sent() == {"P1": 30, "P2": 100, "P3": 4}
    assert house.run("push", "apply", by=OTTO)["sent"] == 0

    (file,) = [path for path in house.world.files("buying") if "P2" in path.read_text(encoding="utf-8")]
    receipt = "proposal_id,status,reference,quantity\nP2,changed,PO-7,96\nP9,accepted,,\n"
    file.with_name(f"{file.name}.receipt.csv").write_text(receipt, encoding="utf-8")
    house.run("push", "plan")
    listed = house.run("proposals", "list", "--state", "acknowledged")
    (row,) = listed["proposals"]
    assert (row["proposal_id"], row["answer"], row["reference"], row["answered_qty"]) == ("P2", "changed", "PO-7", 96)
    assert [found["problem"] for found in listed["receipt_problems"]] == [
        "P9: no proposal of that id was sent to buying"
    ]
    shown = house.run("proposals", "show", "P1")
    assert [(r["quantity"], r["editor"]) for r in shown["revisions"]] == [(20, "tallyhouse"), (30, PIA)]
    assert [act["event"] for act in shown["acts"]] == [
        "collected", "submit", "edit", "submit", "signed", "approve", "queue", "send",
    ]  # fmt: skip


def test_who_may_not_is_told_what_it_takes(house: House) -> None:
    house.publish(P1=20)
    house.run("push", "plan")
    for by, arguments, message in (
        (PIA, ("proposals", "approve", "P1"), "to approve takes approver"),
        (ANA, ("proposals", "send"), "to push takes operator"),
        (ANA, ("push", "apply"), "to push takes operator"),
        (OTTO, ("proposals", "reject", "P1", "--reason", "r"), "to refuse takes approver or planner"),
        ("Eve", ("proposals", "approve", "P1"), "named are Ana Approver, Ben Approver"),
        (OTTO, ("audit", "export"), "to audit takes admin or auditor"),
    ):
        assert message in house.run(*arguments, by=by, code=1)["error"]["message"]
    assert house.states() == {"P1": ("submitted", 20)}
    assert house.sent() == {}


def test_what_cannot_be_done_says_what_can(house: House) -> None:
    house.publish(P1=20)
    house.run("push", "plan")
    assert "no proposal begins with 'Q'" in house.run("proposals", "show", "Q", code=1)["error"]["message"]
    assert "no state 'open'" in house.run("proposals", "list", "--state", "open", code=1)["error"]["message"]
    house.run("proposals", "reject", "P1", "--reason", "season ends", by=ANA)
    again = house.run("proposals", "approve", "P1", by=ANA, code=1)["error"]["message"]
    assert "P1 is rejected: it cannot approve" in again
    assert house.run("push", "apply", by=OTTO)["sent"] == 0


def test_a_queued_one_is_withdrawn_before_a_stopped_destination_takes_it(house: House) -> None:
    house.publish(P1=20)
    house.run("push", "plan")
    house.run("proposals", "approve", "P1", by=ANA)
    house.run("push", "kill", "--destination", "buying", "--reason", "supplier on holiday", by=ANA)
    house.run("push", "apply", by=OTTO, code=1)
    assert house.states() == {"P1": ("queued", 20)}
    house.run("proposals", "reject", "P1", "--withdraw", "--reason", "ordered by telephone", by=PIA)
    house.run("push", "resume", "--destination", "buying", "--reason", "back", by=OTTO)
    assert house.run("push", "apply", by=OTTO)["sent"] == 0
    assert house.sent() == {}


def test_a_destination_that_takes_no_proposals_is_a_matter_of_configuration(house: House) -> None:
    house.publish(P1=20)
    settings = house.world.home / company.CONFIG_FILE
    shop = (
        '[accounts.web]\nsystem = "woocommerce"\n[destinations.web]\nkind = "woocommerce_batch_json"\naccount = "web"\n'
    )
    text = settings.read_text("utf-8").replace("[purchasing]", f'{shop}[purchasing]\ndestination = "web"')
    settings.write_text(text, encoding="utf-8")
    refused = house.run("push", "plan", "--destination", "buying", code=3)["error"]["message"]
    assert "the destination web takes no proposals; buying would" in refused


def test_the_lists_are_readable_by_people(house: House) -> None:
    house.publish(P1=20)
    house.run("push", "plan")
    listed = house.invoke("proposals", "list", "--home", house.world.home)
    assert "50.00 USD" in listed.out
    assert "0 of 1" in listed.out
    shown = house.invoke("proposals", "show", "P1", "--home", house.world.home)
    assert "P1 submitted: 20 of S1 from ACME for OWN1, 50.0000 USD" in shown.out
    empty = house.invoke("proposals", "list", "--state", "closed", "--home", house.world.home)
    assert "No such proposal" in empty.out


def test_the_audit_is_exported_for_an_auditor_row_by_row(house: House) -> None:
    house.publish(P1=20)
    house.run("push", "plan")
    exported = house.run("audit", "export", by=IDA)
    verified = house.run("audit", "verify")
    assert exported["rows"][-1]["hash"] == exported["head"] == verified["head"]
    assert house.run("audit", "export", "--since", "1", by=IDA)["rows"][0]["seq"] == 2
    lines = house.invoke("audit", "export", "--actor", IDA, "--home", house.world.home).out.splitlines()
    assert [json.loads(line)["seq"] for line in lines] == list(range(1, len(lines) + 1))
