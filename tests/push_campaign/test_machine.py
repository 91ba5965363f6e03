"""Any history of pushes, faults, kills, sales, edits, switches and waits ends in the newest numbers, each written once.

Hypothesis drives the real engine over an emulated channel on a virtual clock; the invariants join the journal and the channel's
own record after every step.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ops import close_breaker, open_store, set_kill_switch
from tests.emulators.front import Answer, Fault
from tests.push_campaign.exports import NUMBERS, START, Wanted
from tests.push_campaign.oracle import Verdict, judge_after_reading_back, judge_at_death, judge_at_rest
from tests.push_campaign.points import Points
from tests.push_campaign.trial import NAME, Trial
from tests.reverse_etl.channels import KINDS, Kind
from tests.reverse_etl.conftest import ANA

UNITS = st.sampled_from((0, 3, START, 14))
WANTED = st.fixed_dictionaries(dict.fromkeys(NUMBERS, UNITS))
ENDS = st.sampled_from((
    "answer", "reset", "close", Answer(500), Answer(503), Answer(200, b"{"), Answer(200, b"[]"),
    Answer(429, b"", {"retry-after": "5"}), Answer(429, b"", {"retry-after": "55"}),
))  # fmt: skip


class Pushes(RuleBasedStateMachine):
    """The company and one channel; faults wait in line for the requests to come."""

    kinds = KINDS

    def __init__(self) -> None:
        super().__init__()
        self.trial: Trial | None = None
        self.wanted: Wanted = dict.fromkeys(NUMBERS, START)

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        kind: Kind = data.draw(st.sampled_from(self.kinds))
        self.trial = Trial(kind).__enter__()

    @rule(wanted=WANTED)
    def want(self, wanted: Wanted) -> None:
        self.wanted = wanted

    @rule(executes=st.sampled_from(("no", "yes", "twice")), reply=ENDS)
    def write_fails(self, executes: str, reply: str | Answer) -> None:
        is_refusal = isinstance(reply, Answer) and reply.status == 429
        self.trial.front.write_faults.append(Fault("no" if is_refusal else executes, reply))

    @rule(delay=st.sampled_from((1.0, 20.0, 29.0)), reply=st.sampled_from(("reset", "close")))
    def write_lands_late(self, delay: float, reply: str) -> None:
        self.trial.front.write_faults.append(Fault("late", reply, delay=delay))

    @rule(reply=ENDS, count=st.integers(1, 4))
    def reads_fail(self, reply: str | Answer, count: int) -> None:
        self.trial.front.read_faults += [Fault("yes" if reply == "answer" else "no", reply)] * count

    @rule(point=st.none() | st.integers(1, 80))
    def push(self, point: int | None) -> None:
        self.trial.disturbed(self.wanted, Points(point))

    @rule(number=st.sampled_from(NUMBERS))
    def sale(self, number: int) -> None:
        self.trial.change(number, max(0, self.trial.levels[f"SKU-{number}"] - 1))

    @rule(number=st.sampled_from(NUMBERS), units=st.sampled_from((START, 30)))
    def edit(self, number: int, units: int) -> None:
        self.trial.change(number, units)

    @rule(engaged=st.booleans())
    def kill_switch(self, engaged: bool) -> None:
        with open_store(self.trial.paths.ops) as store:
            set_kill_switch(store, "destination", NAME, engaged=engaged, reason="stop or go", actor=ANA)

    @rule()
    def resume(self) -> None:
        with open_store(self.trial.paths.ops) as store:
            close_breaker(store, NAME, actor=ANA, reason="looked at")

    @rule(seconds=st.sampled_from((1.0, 31.0, 301.0, 4000.0, 90_000.0)))
    def wait(self, seconds: float) -> None:
        self.trial.clock.sleep(seconds)

    @precondition(lambda self: self.trial is not None)
    @rule()
    def read_back(self) -> None:
        self.trial.reconcile()

    @invariant()
    def books_and_arrivals_agree(self) -> None:
        if self.trial is not None:
            verdict = Verdict()
            judge_at_death(self.trial, verdict)
            assert verdict.all == []

    def teardown(self) -> None:
        """Faults stop, and everything settles."""
        if self.trial is None:
            return
        try:
            verdict = Verdict()
            self.trial.repair()
            self.trial.settle(self.wanted)
            judge_at_rest(self.trial, self.wanted, verdict)
            self.trial.reconcile()
            self.trial.settle(self.wanted)
            judge_after_reading_back(self.trial, self.wanted, verdict)
            assert verdict.all == []
        finally:
            self.trial.__exit__(None, None, None)


def _search(kinds: tuple[Kind, ...], examples: int, steps: int) -> None:
    machine = type("Machine", (Pushes,), {"kinds": kinds})
    bounds = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    run_state_machine_as_test(machine, settings=bounds)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_any_history_ends_in_the_newest_numbers(kind: Kind) -> None:
    _search((kind,), 12, 14)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_many_long_histories_end_in_the_newest_numbers(kind: Kind) -> None:
    _search((kind,), 120, 30)
