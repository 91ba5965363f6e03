"""A company with one purchasing system behind a real socket: what every fault is tried on, at every step of a proposal."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

import company
from ops import PushBusyError, open_store
from reverse_etl import PushReport, push
from tests.emulators.clock import VirtualClock
from tests.emulators.erp import SECRET
from tests.emulators.erpnext import Erpnext
from tests.emulators.front import Front
from tests.emulators.odoo import Odoo
from tests.emulators.tryton import EMPLOYEE, Tryton
from tests.reverse_etl.conftest import World, proposal

TOML = """
environment = "test"
[company]
name = "Queue test"
[destinations.erp]
kind = "{kind}"
url = "{url}"
secret_env = "EMULATED_KEY"
{settings}
[purchasing]
auto_approve_up_to = 1000000
{more}
[environments.demo]
[environments.local]
[environments.prod]
[environments.test]
push = true
"""


@dataclass(frozen=True)
class QueueKind:
    """One kind of purchasing system, and what stands for it; `steps` is how many writes a proposal takes."""

    kind: str
    system: Callable[[], Any]
    steps: int
    path: str = ""
    settings: str = ""
    secret: str = SECRET
    wrong_secret: str = "wrong"
    problems: Mapping[str, str] = field(default_factory=dict)
    """The beginning of the reason by what can be wrong with the catalogue."""


TRYTON = QueueKind(
    "tryton_requisition_api", Tryton, 3, "/tally", f'employee = "{EMPLOYEE}"',
    problems={"unknown": "mapping_missing", "duplicated": "mapping_duplicate", "not_purchasable": "mapping_not_purchasable"},
)  # fmt: skip
ERPNEXT = QueueKind(
    "erpnext_material_request_api", Erpnext, 2,
    problems={"unknown": "mapping_missing", "not_purchasable": "mapping_not_purchasable"},
)  # fmt: skip
ODOO = QueueKind("odoo_purchase_order_api", Odoo, 1, problems=TRYTON.problems)
QUEUES = (TRYTON, ERPNEXT, ODOO)


class Queue:
    """A company, its purchasing system, and the wire between them. `tag` keeps the ids of one test apart from all others."""

    def __init__(self, home: Path, kind: QueueKind, system: Any = None, tag: str = "") -> None:
        self.kind, self.tag, self.settings = kind, tag, kind.settings
        self.erp = system or kind.system()
        self.clock = VirtualClock()
        self.front = Front(self.erp, self.clock)
        self.world, self.more = World(home), ""
        self.exports: duckdb.DuckDBPyConnection | None = None
        """What is published, where tests share it; otherwise each publishes its own."""

    def id_of(self, number: int) -> str:
        return f"{self.tag}P{number}"

    def configure(self) -> None:
        """Write the settings and the folders."""
        self.world.home.mkdir(exist_ok=True)
        text = TOML.format(
            kind=self.kind.kind, url=self.front.url + self.kind.path, settings=self.settings, more=self.more
        )
        (self.world.home / company.CONFIG_FILE).write_text(text, encoding="utf-8")
        self.world.paths.create()

    def publish(self, *quantities: int, **changes: Any) -> None:
        """Settings, and one computed proposal per quantity: for SKU-1, SKU-2 and so on."""
        self.configure()
        rows = [
            proposal(n, quantity, **{"proposal_id": self.id_of(n), "sku_id": f"SKU-{n}", **changes})
            for n, quantity in enumerate(quantities, start=1)
        ]
        self.world.publish(proposals=rows)

    def push(self, *quantities: int, **changes: Any) -> PushReport:
        """One push of these proposals."""
        self.publish(*quantities, **changes)
        return self.push_again()

    def push_again(self) -> PushReport:
        """One more push of what is published."""
        shared = nullcontext(self.exports) if self.exports is not None else self.world.connection()
        with shared as connection:
            return push(self.world.settings, self.world.paths, connection, clock=self.clock)

    def settle(self) -> None:
        """Push until nothing is in doubt and nothing waits for its next step, an hour apart."""
        for _ in range(4):
            self.clock.sleep(3600)
            self.push_again()

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with open_store(self.world.paths.ops) as store:
            return store.query(sql)

    def rows(self) -> dict[int, tuple[Any, Any]]:
        """Status and reason of every row of the last run, by number."""
        found = self.query(
            "select row_key, status, reason from push_intent where run_id ="
            " (select run_id from push_run order by rowid desc limit 1)"
        )
        return {int(key.removeprefix(f"{self.tag}P")): (status, reason) for key, status, reason in found}

    def push_rows(self, count: int) -> PushReport:
        """One push of that many rows, the same ones each time."""
        return self.push(*range(7, 7 + count))

    def arrived(self, count: int) -> bool:
        """Push those rows until nothing is in doubt; return whether each has one document, with nothing left to do."""
        self.push_rows(count)
        self.settle()
        return all(self.erp.is_whole(self.id_of(number), 6 + number) for number in range(1, count + 1))

    def proposals(self) -> dict[int, tuple[Any, ...]]:
        """State, answer, reference and answered quantity, by number."""
        found = self.query("select proposal_id, state, answer, reference, answered_qty from proposal")
        return {int(key.removeprefix(f"{self.tag}P")): rest for key, *rest in found for rest in [tuple(rest)]}

    def assert_sound(self) -> None:
        """No write without a journal row of its own, and nothing confirmed without evidence."""
        attempts = self.query("select 1 from push_attempt")
        assert len(self.front.writes) <= len(attempts)
        assert self.query("select * from push_intent where status = 'confirmed' and evidence is null") == []
        assert [number for number, (state, *_) in self.proposals().items() if state == "queued"] == []


def at_once(*works: Callable[[], object]) -> list[int]:
    """Run each in a process of its own, all at once; their exit codes, 3 for a push that found another at work."""
    children = []
    for work in works:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                work()
                code = 0
            except PushBusyError:
                code = 3
            finally:
                os._exit(code)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
