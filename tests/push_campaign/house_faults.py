"""F25 to F33: what goes wrong with us: a kill alone, clocks, the journal, a second runner, switches, guards, what is wanted."""

from __future__ import annotations

import sqlite3
from typing import Any
from unittest import mock

import company
import ops.store as store_module
from ops import OpsStore, approve_plan, open_store, set_kill_switch
from reverse_etl.wire import Wire
from tests.emulators.front import Asked, Fault
from tests.push_campaign.channel_faults import works_later
from tests.push_campaign.exports import NUMBERS, START, half_built, published
from tests.push_campaign.faults import fault
from tests.push_campaign.network_faults import late, nothing_arrived
from tests.push_campaign.trial import NIGHT, STOPS, Trial, begun
from tests.reverse_etl.conftest import ANA

TIGHT = company.Limits(max_changed_rate=1, max_to_zero_rate=1, max_unit_delta_rate="0.001")


@fault(25, "no fault")
def _nothing(trial: Trial) -> None:
    """The kill alone."""


@fault(26, "set forward", returns=True)
def _forward(trial: Trial) -> None:
    _set_clock(trial, 3600.0)


@fault(26, "set back", returns=True)
def _back(trial: Trial) -> None:
    _set_clock(trial, -3600.0)


def _set_clock(trial: Trial, offset: float) -> None:
    fate = late(trial)

    def jump(asked: Asked) -> Fault:
        trial.clock.set(offset)
        return fate

    trial.on_write(trial.random.choice((1, 2)), jump)
    if not works_later(trial.kind) and offset > 0:
        # what is left to the next push is counted by the wall clock, which a time server sets right until then
        trial.repairs.append(lambda: trial.clock.set(0))


@fault(26, "stood still", returns=True)
def _stood_still(trial: Trial) -> None:
    """Ten minutes pass between a record and its request, whose answer is then lost."""
    send, fate = Wire._send, late(trial)

    def stopped(wire: Wire, request: Any, headers: Any) -> Any:
        if trial.channel.is_write(request.method, request.path, request.body) and not trial.front.writes:
            trial.clock.sleep(600)
        return send(wire, request, headers)

    trial.patches = lambda: mock.patch.object(Wire, "_send", stopped)
    trial.on_write(1, lambda asked: fate)


@fault(27, "no page left")
def _disk_full(trial: Trial) -> None:
    prepare, pages = store_module._prepare, trial.random.randrange(3)

    def full(store: OpsStore) -> None:
        prepare(store)
        store.query(f"pragma max_page_count = {store.query('pragma page_count')[0][0] + pages}")

    trial.patches = lambda: mock.patch.object(store_module, "_prepare", full)


def _stopped_with(name: str) -> Any:
    def check(trial: Trial) -> str | None:
        late_writes = trial.arrivals.writes - trial.arrivals.before
        if trial.ended != name:
            return f"ended as {trial.ended}, not as {name}"
        return f"{late_writes} writes left without a journal" if late_writes else None

    return check


def _after_a_push(trial: Trial) -> bytes:
    """Push something whole first; return the journal with it."""
    wanted = dict.fromkeys(NUMBERS, START + 4)
    trial.targets.append(wanted)
    trial.push(wanted)
    with open_store(trial.paths.ops) as store:
        store.query("pragma wal_checkpoint(truncate)")
    trial.arrivals.before = trial.arrivals.writes
    return trial.paths.ops.read_bytes()


@fault(28, "damaged", check=_stopped_with("OpsStoreError"))
def _damaged(trial: Trial) -> None:
    whole = _after_a_push(trial)
    trial.paths.ops.write_bytes(b"not a database" * 1000)
    trial.repairs.append(lambda: trial.paths.ops.write_bytes(whole))


@fault(28, "written by a newer version", check=_stopped_with("OpsStoreError"))
def _newer(trial: Trial) -> None:
    whole = _after_a_push(trial)
    with open_store(trial.paths.ops) as store:
        store.query("pragma user_version = 999")
    trial.repairs.append(lambda: trial.paths.ops.write_bytes(whole))


@fault(28, "missing")
def _missing(trial: Trial) -> None:
    _after_a_push(trial)
    # what the lost journal knew to be under way is over by then
    trial.clock.sleep(NIGHT)
    trial.paths.ops.unlink()


@fault(28, "restored from before")
def _restored(trial: Trial) -> None:
    _after_a_push(trial)
    # what the lost journal knew to be under way is over by then
    trial.clock.sleep(NIGHT)
    trial.paths.ops.write_bytes(begun(trial.kind))
    trial.reads_back_first = True


@fault(29, "a second one starts")
def _second_runner(trial: Trial) -> None:
    def start(asked: Asked) -> None:
        try:
            trial.push(dict.fromkeys(NUMBERS, 1))
        except STOPS as error:
            trial.notes.append(type(error).__name__)
        else:
            trial.notes.append("was let in")

    def check(trial: Trial) -> str | None:
        return None if trial.notes in ([], ["PushBusyError"]) else f"the second runner {trial.notes}"

    trial.checks.append(check)
    trial.on_write(trial.random.choice((1, 2)), start)


@fault(29, "overtaken")
def _overtaken(trial: Trial) -> None:
    number = trial.random.choice((1, 2))

    def overtake(asked: Asked) -> None:
        connection = sqlite3.connect(trial.paths.ops, timeout=10)
        with connection:
            connection.execute("update lease set epoch = epoch + 1")
        connection.close()

    def check(trial: Trial) -> str | None:
        if trial.arrivals.writes < number:
            return None
        more = trial.arrivals.writes - number
        return f"{more} writes after the lease was lost" if more or trial.ended != "LeaseLostError" else None

    trial.checks.append(check)
    trial.on_write(number, overtake)


@fault(30, "everything, from a write on")
def _kill_switch(trial: Trial) -> None:
    number = trial.random.choice((1, 2))

    def engage(asked: Asked) -> None:
        with open_store(trial.paths.ops) as store:
            set_kill_switch(store, "global", "*", engaged=True, reason="stop", actor=ANA)

    def check(trial: Trial) -> str | None:
        more = trial.arrivals.writes - number
        return f"{more} writes after the switch" if more > 0 else None

    trial.checks.append(check)
    trial.on_write(number, engage)


@fault(31, "held", check=nothing_arrived)
def _held(trial: Trial) -> None:
    trial.limits = TIGHT


@fault(31, "another plan was approved", check=nothing_arrived)
def _approved_otherwise(trial: Trial) -> None:
    trial.limits = TIGHT
    report = trial.push({1: 1, 2: 2, 3: 3})
    with open_store(trial.paths.ops) as store:
        approve_plan(store, report.destinations[0].plan_hash, actor=ANA, reason="sale")


def _nothing_raised(trial: Trial) -> str | None:
    raised = [row for row in trial.channel.effects if row[2] > row[1]]
    return f"stale input raised {raised}" if raised else None


@fault(32, "stale", check=_nothing_raised)
def _stale(trial: Trial) -> None:
    trial.status = "stale"


@fault(32, "empty", check=nothing_arrived)
def _empty(trial: Trial) -> None:
    trial.exports = published({})


@fault(33, "no table", check=_stopped_with("ExportsMissingError"))
def _half_built(trial: Trial) -> None:
    trial.exports = half_built()
