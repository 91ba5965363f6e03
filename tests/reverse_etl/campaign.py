"""A push that dies at its n-th step, and what must hold afterwards whatever happened.

Run as a program (`campaign.py HOME FIRST THEN NEXT`) it really kills itself, at every step in turn, in forked children.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb

import company
import ops.store as store_module
from ops import OpsStore, open_store, verify_audit
from reverse_etl import Outbox, PushReport, outbox_drift, push
from tests.reverse_etl.conftest import PROPOSAL_COLUMNS, STOCK_COLUMNS, TOML, proposal, stock

Wanted = Mapping[str, int]
"""Destination kind letter and number to quantity: 'm3' a marketplace listing, 'w3' a web listing, 'p3' a proposal."""

_ACCOUNT = {"m": "market", "w": "web"}
_DESTINATION = {"m": "market_stock", "w": "web_stock", "p": "purchasing"}
# The bounds on change are tested elsewhere; here every wanted state has to get through.
_OPEN_LIMITS = company.Limits(max_changed_rate=1, max_to_zero_rate=1, max_unit_delta_rate=1_000_000)


class Killed(BaseException):
    """Stands for the end of the process: no handler for errors may catch it."""


class Steps:
    """Counts every effect on disk, before and after it; at the chosen one the process ends."""

    def __init__(self, fatal: int | None, die: Callable[[], None]) -> None:
        self.taken = 0
        self._fatal = fatal
        self._die = die

    def tick(self) -> None:
        self.taken += 1
        if self.taken == self._fatal:
            self._die()

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*args: Any, **options: Any) -> Any:
            self.tick()
            result = function(*args, **options)
            self.tick()
            return result

        return stepped


@contextmanager
def dying(steps: Steps) -> Iterator[None]:
    """Count steps at every commit, sync, rename and removal."""
    transaction = OpsStore.transaction

    @contextmanager
    def stepped(store: OpsStore) -> Iterator[sqlite3.Connection]:
        steps.tick()
        with transaction(store) as connection:
            yield connection
            steps.tick()
        steps.tick()

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(OpsStore, "transaction", stepped))
        stack.enter_context(mock.patch.object(os, "fsync", steps.around(_no_sync)))
        stack.enter_context(mock.patch.object(Path, "replace", steps.around(Path.replace)))
        stack.enter_context(mock.patch.object(Path, "unlink", steps.around(Path.unlink)))
        yield


def killed() -> None:
    raise Killed


def _no_sync(descriptor: int) -> None:
    """The end of a process loses nothing that was written; only the end of the machine would. It saves minutes here."""


@contextmanager
def quick_disk() -> Iterator[None]:
    prepare = store_module._prepare

    def prepared(store: OpsStore) -> None:
        prepare(store)
        store.query("pragma synchronous = off")

    with mock.patch.object(store_module, "_prepare", prepared), mock.patch.object(os, "fsync", _no_sync):
        yield


def make_home(home: Path) -> Path:
    home.mkdir(parents=True, exist_ok=True)
    (home / company.CONFIG_FILE).write_text(TOML, encoding="utf-8")
    company.Paths(home).create()
    return home


@cache
def exports(wanted_json: str) -> duckdb.DuckDBPyConnection:
    """A published file in memory; a listing that never changes keeps every destination from being empty."""
    wanted: Wanted = json.loads(wanted_json)
    rows: dict[str, list[Mapping[str, Any]]] = {"exp_channel_stock": [], "exp_purchase_proposals": []}
    for letter, account in _ACCOUNT.items():
        rows["exp_channel_stock"].append(stock(account, 0, 100))
        rows["exp_channel_stock"] += [stock(account, int(k[1:]), q) for k, q in wanted.items() if k[0] == letter]
    rows["exp_purchase_proposals"] = [proposal(int(k[1:]), 7) for k in wanted if k[0] == "p"]
    connection = duckdb.connect()
    connection.execute("create schema exports")
    for table, columns in (("exp_channel_stock", STOCK_COLUMNS), ("exp_purchase_proposals", PROPOSAL_COLUMNS)):
        connection.execute(f"create table exports.{table} ({', '.join(f'{n} {t}' for n, t in columns.items())})")
        if rows[table]:
            marks = ", ".join("?" * len(columns))
            cells = [[row[name] for name in columns] for row in rows[table]]
            connection.executemany(f"insert into exports.{table} values ({marks})", cells)
    return connection


def push_once(home: Path, wanted: Wanted, steps: Steps | None = None, *, only_lowering: bool = False) -> PushReport:
    """One push of what is wanted, counting steps when asked to."""
    settings = company.load_settings(home).model_copy(update={"limits": _OPEN_LIMITS})
    with quick_disk(), ExitStack() as stack:
        if steps is not None:
            stack.enter_context(dying(steps))
        return push(
            settings, company.Paths(home), exports(json.dumps(wanted)), destinations=list(_DESTINATION.values()),
            only_lowering=only_lowering,
        )  # fmt: skip


def assert_sound(home: Path) -> None:
    """What holds at any moment, also right after a kill."""
    paths = company.Paths(home)
    manifests = Outbox(paths.outbox).manifests()
    sent = [(d, *row) for (d, _), manifest in manifests.items() for row in map(tuple, manifest["rows"])]
    assert len(sent) == len(set(sent)), "an intent is in two files"
    with open_store(paths.ops) as store:
        recorded = {tuple(row) for row in store.query("select destination, file_name from push_attempt")}
        assert set(manifests) <= recorded, "a file left without a record"
        assert verify_audit(store).intact
        wrong = store.query(
            "select r.run_id from push_run r left join push_intent i using (run_id) group by r.run_id"
            " having r.planned_count <> r.unchanged_count + count(i.row_key)"
        )
        assert wrong == [], "rows and counts differ"


def assert_converged(home: Path, wanted: Wanted) -> None:
    """What holds after a push that was allowed to finish."""
    assert_sound(home)
    paths = company.Paths(home)
    outbox = Outbox(paths.outbox)
    manifests = outbox.manifests()
    with open_store(paths.ops) as store:
        assert outbox_drift(store, outbox) == []
        assert store.query("select count(*) from push_run where finished_at is null") == [(0,)]
        assert store.query("select count(*) from push_attempt where status not in ('confirmed', 'absent')") == [(0,)]
        confirmed = store.query("select destination, row_key, generation from push_intent where status = 'confirmed'")
        order = store.query(
            "select destination, file_name from push_attempt where status = 'confirmed' order by attempt_id"
        )
        shadow = dict(store.query("select row_key, payload_json from channel_shadow"))
    in_outbox = [(d, *row) for (d, _), manifest in manifests.items() for row in manifest["rows"]]
    assert sorted(in_outbox) == sorted(tuple(row) for row in confirmed)
    data = {
        path.relative_to(paths.outbox).parts
        for path in paths.outbox.rglob("*.*")
        if not path.name.endswith(".manifest.json")
    }
    assert data == set(manifests), "a file without a receipt, or the other way round"

    received = _received(paths.outbox, order)
    for key, quantity in wanted.items():
        if key[0] == "p":
            assert f"P{key[1:]}" in shadow
        else:
            row_key = f"{_ACCOUNT[key[0]]}-{key[1:]}"
            assert json.loads(shadow[row_key])["quantity"] == quantity
            assert received[row_key] == quantity, "the channel shows another number than is wanted"


def _received(outbox: Path, order: list[tuple[str, str]]) -> dict[str, int]:
    """What a receiver shows that applies the files in the order in which they appeared."""
    shown: dict[str, int] = {}
    for destination, name in order:
        if destination == "market_stock":
            for message in json.loads((outbox / destination / name).read_text("utf-8"))["messages"]:
                number = message["sku"].removeprefix("SKU-")
                shown[f"market-{number}"] = message["patches"][0]["value"][0]["quantity"]
        elif destination == "web_stock":
            for call in json.loads((outbox / destination / name).read_text("utf-8"))["calls"]:
                for item in call["body"]["update"]:
                    shown[f"web-{str(item['id']).removeprefix('9000')}"] = item["stock_quantity"]
    return shown


def _in_child(work: Callable[[], object]) -> int:
    """Run in a forked process; return its exit code, negative for a signal."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def copy_home(template: Path, home: Path) -> Path:
    shutil.copytree(template, home)
    return home


def main(root: Path, first: Wanted, then: Wanted, following: Wanted) -> int:
    """Kill -9 a push of `then` at every step in turn, push `following`, check; return how many kills there were."""
    importlib.import_module("pandas")  # DuckDB loads it when it first binds a value: once here, not in every child
    template = make_home(root / "first")
    if _in_child(lambda: push_once(template, first)) != 0:
        raise AssertionError("the first push failed")
    fatal = 0
    while True:
        fatal += 1
        home = copy_home(template, root / str(fatal))

        def one_kill(home: Path = home, fatal: int = fatal) -> None:
            push_once(home, then, Steps(fatal, lambda: os.kill(os.getpid(), signal.SIGKILL)))

        def settle(home: Path = home) -> None:
            assert_sound(home)
            push_once(home, following)
            assert_converged(home, following)
            assert push_once(home, following).sent == 0

        code = _in_child(one_kill)
        if _in_child(settle) != 0:
            raise AssertionError(f"after a kill at step {fatal} the next push does not settle")
        if code == 0:
            return fatal - 1


if __name__ == "__main__":
    kills = main(Path(sys.argv[1]), *(json.loads(text) for text in sys.argv[2:5]))
    sys.stdout.write(f"{kills}\n")
