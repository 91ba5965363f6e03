"""What a runner does with the key, step by step: a push, or a resync that adopts what is shown.

Every step is one commit or one request, so a crash may come between any two; a second runner may overtake a paused one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.push_campaign.protocol import (
    Attempt,
    Copy,
    Move,
    Protocol,
    Runner,
    State,
    at_step,
    closed,
    confirmed,
    in_flight,
    next_number,
    target,
    with_runner,
    world_moves,
)

STEPS = {
    "take the lease": "ops.lease.hold_lease",
    "mark what was sending": "ops.attempts.mark_ambiguous",
    "wait until nothing can land": "reverse_etl.doubt.Doubt.decide",
    "read back": "reverse_etl.sight.Sight.numbers",
    "settle what was read": "ops.settlement.settle_rows",
    "plan": "reverse_etl.prepare.prepare",
    "hold a key in doubt": "ops.observations.keys_in_doubt",
    "read the base": "reverse_etl.api_courier.ApiCourier.send",
    "seen already": "ops.settlement.confirm_seen",
    "wait for its turn": "reverse_etl.calls.Calls.wait_turn",
    "record": "ops.attempts.begin_attempt",
    "send": "reverse_etl.wire.Wire.send",
    "judge: applied": "reverse_etl.verdict.judge",
    "judge: conflict": "reverse_etl.verdict.judge",
    "judge: unknown": "reverse_etl.verdict.judge",
    "fenced off": "ops.lease.check_epoch",
    "release": "ops.lease.hold_lease",
    "overtake": "ops.overtaking.overtake",
    "leave a row in doubt": "ops.observations.keys_in_doubt",
    "read what is shown": "reverse_etl.resync.resync",
    "adopt": "ops.observations.adopt_seen",
}
"""Each step of a runner, and the function of the engine that makes it."""


def moves(rules: Protocol, state: State) -> Iterator[Move]:
    """Everything that may happen next."""
    yield from world_moves(rules, state)
    for number in (0, 1):
        for label, after in runner_moves(rules, state, number):
            yield f"runner {number}: {label}", after


def runner_moves(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    """The next step of one runner; after `answers` and `drained` there may be two."""
    yield from _PROGRAM[s.runners[n].at](rules, s, n)


def _idle(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    other = s.runners[1 - n]
    is_overtaken = s.lock == 1 - n and s.takeovers > 0 and (rules.pauses_before_sending or other.at != "recorded")
    if s.lock is None or is_overtaken:
        after = s._replace(lock=n, epoch=s.epoch + 1, takeovers=s.takeovers - int(s.lock is not None))
        yield "take the lease", with_runner(after, n, Runner("leased", s.epoch + 1))
        if s.resyncs:
            reading = after._replace(resyncs=s.resyncs - 1)
            yield "take the lease", with_runner(reading, n, Runner("leased", s.epoch + 1, is_reading=True))


def _leased(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    then = "settling" if s.open else _after_settling(s, n)
    yield _fenced(rules, s, n) or ("mark what was sending", at_step(s, n, then))


def _after_settling(s: State, n: int) -> str:
    runner = s.runners[n]
    if runner.is_reading:
        return "looking"
    # what this runner had planned itself it sends again; what an earlier one left is planned anew
    return "planned" if runner.generation else "planning"


def _settling(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    if not s.open and s.runners[n].is_reading:
        yield from _looking(rules, s, n)
        return
    if not s.open:
        yield "plan", at_step(s, n, _after_settling(s, n))
        return
    attempt = s.open[0]
    if not rules.has("read_back"):
        # takes for granted that the write arrived
        yield "settle what was read", confirmed(at_step(s, n, "settling"), attempt)
    elif _is_drained(rules, s, attempt):
        yield "wait until nothing can land", at_step(s, n, "reading", attempt=attempt.number)
    elif rules.overtakes and target(rules, s.wanted) < min(attempt.value, s.shown):
        yield _fenced(rules, s, n) or ("overtake", _overtaking(rules, s, n, attempt))

    if s.runners[n].is_reading:
        # it waits no longer than a push does, and goes on with the other rows
        yield "leave a row in doubt", at_step(s, n, "looking")


def _overtaking(rules: Protocol, s: State, n: int, older: Attempt) -> State:
    """A lower number does not wait: it takes the older write's place, and its time."""
    places = (older.number, *older.overtaken) if rules.has("inherited_time") else ()
    lower = Attempt(next_number(s), s.wanted, target(rules, s.wanted), is_overtaking=True, overtaken=places)
    taken = s._replace(open=tuple(lower if a == older else a for a in s.open))
    return at_step(taken, n, "recorded", generation=s.wanted, base=s.shown, attempt=lower.number)


def _is_drained(rules: Protocol, s: State, attempt: Attempt) -> bool:
    if not rules.has("drain") or attempt.overdue:
        return True
    about_to_send = any(r.at == "recorded" and r.attempt == attempt.number for r in s.runners)
    can_wait_out = rules.pauses_before_sending or not about_to_send
    waited_for = {attempt.number, *attempt.overtaken}
    return can_wait_out and all(copy.attempt not in waited_for for copy in s.network)


def _reading(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    yield "read back", at_step(s, n, "read", seen=s.shown)


def _read(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    runner = s.runners[n]
    if refused := _fenced(rules, s, n):
        yield refused
        return
    attempt = next((a for a in s.open if a.number == runner.attempt), None)
    if attempt is None:
        yield "settle what was read", at_step(s, n, "release")
    elif runner.seen == attempt.value:
        yield "settle what was read", confirmed(at_step(s, n, "settling"), attempt)
    else:
        seen = s._replace(shadow=(s.shadow[0], runner.seen))
        yield "settle what was read", closed(at_step(seen, n, "settling"), attempt)


def _looking(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    if s.open and rules.has("doubt_not_adopted"):
        yield "leave a row in doubt", at_step(s, n, "release")
    else:
        yield "read what is shown", at_step(s, n, "adopting", seen=s.shown)


def _adopting(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    """What was read is known from now on. Left out, the rule on doubt lets it stand for the end of an open write as well."""
    if s.open and rules.has("doubt_not_adopted"):
        yield _fenced(rules, s, n) or ("leave a row in doubt", at_step(s, n, "release"))
        return
    known = s._replace(shadow=(s.shadow[0], s.runners[n].seen), open=())
    yield _fenced(rules, s, n) or ("adopt", at_step(known, n, "release"))


def _planning(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    if s.open and rules.has("one_open"):
        yield "hold a key in doubt", at_step(s, n, "release")
    elif s.shadow[1] == target(rules, s.wanted):
        yield "plan", at_step(s, n, "release")
    else:
        yield "plan", at_step(s, n, "planned", generation=s.wanted)


def _planned(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    is_there = s.shown == target(rules, s.runners[n].generation)
    seen = at_step(s._replace(shadow=(s.shadow[0], s.shown)), n, "there" if is_there else "turn", base=s.shown)
    yield _fenced(rules, s, n) or ("read the base", seen)


def _there(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    generation = s.runners[n].generation
    shadow = (max(generation, s.shadow[0]), target(rules, generation) if generation >= s.shadow[0] else s.shadow[1])
    yield _fenced(rules, s, n) or ("seen already", at_step(s._replace(shadow=shadow), n, "release"))


def _turn(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    runner = s.runners[n]
    if s.waits and rules.has("turn_first"):
        yield "wait for its turn", s._replace(waits=s.waits - 1)
    if not rules.has("record_first"):
        yield "send", _sent(rules, s, n)
    elif refused := _fenced(rules, s, n):
        yield refused
    elif s.open and rules.has("one_open"):
        yield "hold a key in doubt", at_step(s, n, "release")
    else:
        attempt = Attempt(next_number(s), runner.generation, target(rules, runner.generation))
        yield "record", at_step(s._replace(open=(*s.open, attempt)), n, "recorded", attempt=attempt.number)


def _recorded(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    runner = s.runners[n]
    yield "send", _sent(rules, s, n)
    if s.waits and not rules.has("turn_first"):
        late = tuple(a._replace(overdue=True) if a.number == runner.attempt else a for a in s.open)
        yield "wait for its turn", s._replace(open=late, waits=s.waits - 1)


def _sent(rules: Protocol, s: State, n: int) -> State:
    runner = s.runners[n]
    is_recorded = runner.at == "recorded"
    number = runner.attempt if is_recorded else next_number(s)
    copy = Copy(number, target(rules, runner.generation), runner.base if rules.compares else None)
    sent = s._replace(network=in_flight(s.network, copy), unrecorded=s.unrecorded or not is_recorded)
    return at_step(sent, n, "waiting", attempt=number)


def _waiting(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    runner = s.runners[n]
    attempt = next((a for a in s.open if a.number == runner.attempt), None)
    if refused := _fenced(rules, s, n):
        yield refused
        return
    if attempt is None:
        yield "release", at_step(s, n, "release")
        return
    said = [kind for number, kind in s.answers if number == attempt.number]
    doubles_gone = rules.late_doubles or all(copy.attempt != attempt.number for copy in s.network)
    if said and doubles_gone and not attempt.is_overtaking:
        quiet = s._replace(answers=tuple(a for a in s.answers if a[0] != attempt.number))
        if said[0] == "applied":
            yield "judge: applied", confirmed(at_step(quiet, n, "release"), attempt)
        else:
            yield "judge: conflict", closed(at_step(quiet, n, "planned"), attempt)
    if rules.accepts and not rules.has("accepted_is_not_applied"):
        yield "judge: applied", confirmed(at_step(s, n, "release"), attempt)
    elif not rules.has("no_blind_retry"):
        yield "judge: unknown", closed(at_step(s, n, "turn"), attempt)
    else:
        yield "judge: unknown", at_step(s, n, "settling")


def _release(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    lock = None if s.lock == n else s.lock
    yield "release", with_runner(s._replace(lock=lock), n, Runner())


def _fenced(rules: Protocol, s: State, n: int) -> Move | None:
    """A commit with an older epoch is refused, and its process ends."""
    if not rules.has("fencing") or s.runners[n].epoch == s.epoch:
        return None
    return "fenced off", with_runner(s._replace(lock=None if s.lock == n else s.lock), n, Runner())


_PROGRAM: dict[str, Any] = {
    "idle": _idle, "leased": _leased, "settling": _settling, "reading": _reading, "read": _read, "looking": _looking,
    "adopting": _adopting, "planning": _planning, "planned": _planned, "there": _there, "turn": _turn, "recorded": _recorded,
    "waiting": _waiting, "release": _release,
}  # fmt: skip
