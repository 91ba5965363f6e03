"""One trial: a company, one channel behind a real socket, a push that meets a fault and may die, and what follows."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any
from unittest import mock

import duckdb

import company
from ops import (
    LeaseLostError,
    OpsStoreError,
    PushBusyError,
    approve_plan,
    close_breaker,
    dead_letters,
    open_store,
    release_dead_letters,
    set_kill_switch,
)
from reverse_etl import PushReport, push
from reverse_etl.drift import Reading, read_drift
from reverse_etl.exports import ExportsMissingError
from tests.emulators.clock import VirtualClock
from tests.emulators.front import Asked, Fault, Front
from tests.push_campaign.exports import NUMBERS, START, Wanted, published
from tests.push_campaign.ledger import Arrivals
from tests.push_campaign.points import Killed, Points, counting
from tests.reverse_etl.campaign import quick_disk
from tests.reverse_etl.channels import Kind
from tests.reverse_etl.conftest import ANA
from tests.reverse_etl.wired import settings_text

OPEN = company.Limits(max_changed_rate=1, max_to_zero_rate=1, max_unit_delta_rate=1_000_000)
NAME = "shop_api"
NIGHT = 3700.0
"""Longer than anything takes that a channel still works on."""
SETTLING_PUSHES = 6
STOPS = (PushBusyError, LeaseLostError, OpsStoreError, ExportsMissingError, sqlite3.OperationalError)
"""How a push may end that must not go on; anything else that comes out of it is a defect."""
_MEMORY_DISK = Path("/dev/shm")


def sku(number: int) -> str:
    return f"SKU-{number}"


class Trial:
    """A context manager. `levels` is what the channel shows; `foreign` are the SKUs that others changed.

    Unless `is_new`, it begins where an undisturbed push has brought every row to `START`.
    """

    def __init__(self, kind: Kind, seed: str = "", *, is_new: bool = False) -> None:
        self.is_new = is_new
        self.kind, self.random, self.clock = kind, Random(f"{kind.kind}-{seed}"), VirtualClock()
        self.channel = kind.channel(self.clock, {sku(number): START for number in NUMBERS})
        self.front = Front(self.channel, self.clock)
        self.limits, self.url, self.more, self.secret, self.status = OPEN, self.front.url, "", kind.secret, "ok"
        self.exports: duckdb.DuckDBPyConnection | None = None
        self.foreign: set[str] = set()
        self.changes: Counter[str] = Counter()
        self.targets: list[Wanted] = []
        self.ended: str = "finished"
        self.patches: Callable[[], Any] | None = None
        """Opened around the disturbed push only."""
        self.repairs: list[Callable[[], Any]] = []
        self.checks: list[Callable[[Trial], str | None]] = []
        self.notes: list[str] = []
        self.approvals = 0
        self.reads_back_first = False
        """Whether people read everything back before they push again, as after a restored backup."""
        self.strange: set[int] = set()
        """Numbers that the channel makes up."""
        self.reports: list[PushReport] = []
        self.readings: list[Reading] = []
        self.arrivals = Arrivals(self)
        self._stack = ExitStack()

    def __enter__(self) -> Trial:
        disk = _MEMORY_DISK if os.access(_MEMORY_DISK, os.W_OK) else None
        self.home = Path(self._stack.enter_context(tempfile.TemporaryDirectory(dir=disk)))
        self._stack.enter_context(quick_disk())
        self._stack.enter_context(self.front)
        company.Paths(self.home).create()
        self.paths.ops.parent.mkdir(parents=True, exist_ok=True)
        if not self.is_new:
            self.paths.ops.write_bytes(begun(self.kind))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def paths(self) -> company.Paths:
        return company.Paths(self.home)

    @property
    def levels(self) -> Mapping[str, int]:
        return self.channel.levels

    @property
    def settings(self) -> company.Settings:
        text = settings_text(self.kind, self.url, NAME, more=self.more)
        (self.home / company.CONFIG_FILE).write_text(text, encoding="utf-8")
        return company.load_settings(self.home).model_copy(update={"limits": self.limits})

    def push(self, wanted: Wanted) -> PushReport:
        """One push of these numbers."""
        with mock.patch.dict(os.environ, {"EMULATED_KEY": self.secret}):
            exports = self.exports or published(wanted, status=self.status)
            report = push(self.settings, self.paths, exports, clock=self.clock)
        self.reports.append(report)
        return report

    def disturbed(self, wanted: Wanted, points: Points) -> None:
        """The push that meets the fault, and dies where `points` says; `ended` is how."""
        self.targets.append(wanted)
        with ExitStack() as stack:
            stack.enter_context(counting(points))
            if self.patches is not None:
                stack.enter_context(self.patches())
            try:
                self.push(wanted)
            except Killed:
                self.ended = "killed"
            except STOPS as error:
                self.ended = type(error).__name__

    def repair(self) -> None:
        """Every fault stops, and people do what only people can: keys, switches, breakers, refused rows."""
        self.front.write_faults, self.front.read_faults = [], []
        self.front.always = lambda asked: None
        self.limits, self.url, self.more, self.secret, self.status = OPEN, self.front.url, "", self.kind.secret, "ok"
        self.exports, self.patches = None, None
        for action in self.repairs:
            action()
        with open_store(self.paths.ops) as store:
            for scope, key in store.query("select scope, key from control where engaged = 1"):
                set_kill_switch(store, scope, key, engaged=False, reason="mended", actor=ANA)
            close_breaker(store, NAME, actor=ANA, reason="mended")
        self._release()

    def settle(self, wanted: Wanted) -> int:
        """Push until nothing is left to do, waiting in between; return how many pushes that took."""
        self.targets.append(wanted)
        for number in range(1, SETTLING_PUSHES + 1):
            report = self.push(wanted)
            if (held := report.destinations[0]).status == "held":
                self._approve(held.plan_hash)
            self._release()
            doubtful = self.query("select 1 from push_intent where status in ('sending', 'ambiguous') limit 1")
            if not doubtful and report.planned == report.unchanged:
                return number
            self.clock.sleep(NIGHT)
        return SETTLING_PUSHES

    def _release(self) -> None:
        """Let refused rows be tried again: what they were refused for is mended; some are known only by a later report."""
        with open_store(self.paths.ops) as store:
            release_dead_letters(store, dead_letters(store), actor=ANA, reason="mended")

    def _approve(self, plan_hash: str) -> None:
        """Release what a guard holds for good reason: too little is known to be shown yet."""
        self.approvals += 1
        with open_store(self.paths.ops) as store:
            approve_plan(store, plan_hash, actor=ANA, reason="looked at")

    def reconcile(self) -> Reading:
        """Read everything back on purpose."""
        with mock.patch.dict(os.environ, {"EMULATED_KEY": self.secret}):
            (reading,) = read_drift(self.settings, self.paths, clock=self.clock)
        self.readings.append(reading)
        return reading

    def query(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        with open_store(self.paths.ops) as store:
            return store.query(sql, parameters)

    def change(self, number: int, units: int | None) -> None:
        """Somebody else sets the number, or removes the row."""
        self.foreign.add(sku(number))
        self.changes[sku(number)] += 1
        stores = [self.channel.items, self.channel.offers] if hasattr(self.channel, "items") else [self.channel.levels]
        for levels in stores:
            if units is None:
                levels.pop(sku(number), None)
            else:
                levels[sku(number)] = units

    def on_write(self, number: int, act: Callable[[Asked], Fault | None]) -> None:
        """Do something when the n-th write arrives, before it is carried out."""

        def watch(asked: Asked) -> Fault | None:
            return act(asked) if asked.is_write and len(self.front.writes) == number else None

        self.front.always = watch


_BEGUN: dict[str, bytes] = {}


def begun(kind: Kind) -> bytes:
    """The operations store after a first push; made once for a kind."""
    if kind.kind not in _BEGUN:
        with Trial(kind, is_new=True) as trial:
            trial.settle(dict.fromkeys(NUMBERS, START))
            with open_store(trial.paths.ops) as store:
                store.query("pragma wal_checkpoint(truncate)")
            _BEGUN[kind.kind] = trial.paths.ops.read_bytes()
    return _BEGUN[kind.kind]
