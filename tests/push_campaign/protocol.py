"""The push protocol of one key as a state machine that is small enough to be searched whole: see `search.py`.

Every step of a runner is one commit or one request, so a crash may come between any two. The environment lands, loses, doubles
and delays copies of a write, sells, edits, kills runners, and lets a second runner overtake a paused one. Times are not modelled:
`drained` is enabled exactly when no copy of a write can land any more, which is what waiting until `drain_until` is for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

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
}
"""Each step of a runner, and the function of the engine that makes it."""


@dataclass(frozen=True)
class Protocol:
    """The rules; a broken variant leaves one of them out."""

    targets: tuple[int, ...] = (5, 7)
    start: int = 10
    compares: bool = False
    keyed: bool = False
    """The destination remembers idempotency keys: a copy of what it did already does nothing."""
    accepts: bool = False
    """An answer says only that the write was taken."""
    crashes: int = 1
    doubles: int = 0
    foreign: int = 0
    takeovers: int = 0
    overtakes: bool = False
    """A lower number is sent in spite of a higher one in doubt."""
    late_doubles: bool = False
    """A copy may still be delivered after its request was answered."""
    waits: int = 0
    """How often a runner has to wait for its turn before it may send."""
    pauses_before_sending: bool = False
    """A runner may be overtaken between its record and its request: no store can see that."""
    without: frozenset[str] = field(default_factory=frozenset)

    def has(self, rule: str) -> bool:
        return rule not in self.without


class Attempt(NamedTuple):
    number: int
    generation: int
    value: int
    overdue: bool = False
    """Recorded so long before it was sent that its time is over while a copy is still on its way."""
    is_overtaking: bool = False
    """No answer settles it: it is read back when its time is over."""
    overtaken: tuple[int, ...] = ()
    """The higher writes in doubt whose place it took: it waits for their copies as well."""


class Copy(NamedTuple):
    attempt: int
    value: int
    base: int | None
    is_double: bool = False


class Runner(NamedTuple):
    at: str = "idle"
    epoch: int = 0
    generation: int = 0
    base: int | None = None
    attempt: int = 0
    seen: int = 0


class State(NamedTuple):
    wanted: int
    shown: int
    network: tuple[Copy, ...]
    answers: tuple[tuple[int, str], ...]
    open: tuple[Attempt, ...]
    done: tuple[int, ...]
    shadow: tuple[int, int]
    epoch: int
    lock: int | None
    runners: tuple[Runner, ...]
    crashes: int
    doubles: int
    foreign: int
    takeovers: int
    waits: int
    unrecorded: bool = False


Move = tuple[str, State]


def first(rules: Protocol) -> State:
    return State(
        0, rules.start, (), (), (), (), (0, rules.start), 1, None, (Runner(), Runner()),
        rules.crashes, rules.doubles, rules.foreign, rules.takeovers, rules.waits,
    )  # fmt: skip


def target(rules: Protocol, generation: int) -> int:
    return (rules.start, *rules.targets)[generation]


def moves(rules: Protocol, state: State) -> Iterator[Move]:
    """Everything that may happen next."""
    yield from _world(rules, state)
    for number in (0, 1):
        for label, after in runner_moves(rules, state, number):
            yield f"runner {number}: {label}", after


def _world(rules: Protocol, s: State) -> Iterator[Move]:
    if s.wanted < len(rules.targets):
        yield "a newer target is wanted", s._replace(wanted=s.wanted + 1)
    for place, copy in enumerate(s.network):
        rest = s.network[:place] + s.network[place + 1 :]
        yield f"{copy.value} lands", landed(rules, s._replace(network=rest), copy)
        yield f"{copy.value} is lost", s._replace(network=rest)
        if s.doubles:
            twin = copy._replace(is_double=True)
            yield f"{copy.value} is doubled", s._replace(network=_sorted(s.network, twin), doubles=s.doubles - 1)
    if s.foreign:
        yield "a sale", s._replace(shown=s.shown - 1, foreign=s.foreign - 1)
        yield "a foreign edit", s._replace(shown=rules.start, foreign=s.foreign - 1)
    for number, runner in enumerate(s.runners):
        if s.crashes and runner.at != "idle":
            lock = None if s.lock == number else s.lock
            yield f"runner {number} is killed", _runner(s, number, Runner())._replace(lock=lock, crashes=s.crashes - 1)


def landed(rules: Protocol, s: State, copy: Copy) -> State:
    """What the destination does with a copy, and answers."""
    if rules.keyed and copy.attempt in s.done:
        return s
    fits = copy.base is None or not rules.compares or copy.base == s.shown
    after = s._replace(
        shown=copy.value if fits else s.shown,
        done=tuple(sorted({*s.done, copy.attempt})) if rules.keyed and fits else s.done,
    )
    if copy.is_double and any(number == copy.attempt for number, _ in s.answers):
        return after
    if rules.accepts:
        return after
    return after._replace(answers=tuple(sorted({*s.answers, (copy.attempt, "applied" if fits else "conflict")})))


def runner_moves(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    """The next step of one runner; after `answers` and `drained` there may be two."""
    yield from _PROGRAM[s.runners[n].at](rules, s, n)


def _idle(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    other = s.runners[1 - n]
    is_overtaken = s.lock == 1 - n and s.takeovers > 0 and (rules.pauses_before_sending or other.at != "recorded")
    if s.lock is None or is_overtaken:
        after = s._replace(lock=n, epoch=s.epoch + 1, takeovers=s.takeovers - int(s.lock is not None))
        yield "take the lease", _runner(after, n, Runner("leased", s.epoch + 1))


def _leased(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    yield _fenced(rules, s, n) or ("mark what was sending", _at(s, n, "settling" if s.open else "planning"))


def _settling(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    if not s.open:
        # what this runner had planned itself it sends again; what an earlier one left is planned anew
        yield "plan", _at(s, n, "planned" if s.runners[n].generation else "planning")
        return
    attempt = s.open[0]
    if not rules.has("read_back"):
        # takes for granted that the write arrived
        yield "settle what was read", _confirmed(_at(s, n, "settling"), attempt)
    elif _is_drained(rules, s, attempt):
        yield "wait until nothing can land", _at(s, n, "reading", attempt=attempt.number)
    elif rules.overtakes and target(rules, s.wanted) < min(attempt.value, s.shown):
        yield _fenced(rules, s, n) or ("overtake", _overtaking(rules, s, n, attempt))


def _overtaking(rules: Protocol, s: State, n: int, older: Attempt) -> State:
    """A lower number does not wait: it takes the older write's place, and its time."""
    places = (older.number, *older.overtaken) if rules.has("inherited_time") else ()
    lower = Attempt(_next(s), s.wanted, target(rules, s.wanted), is_overtaking=True, overtaken=places)
    taken = s._replace(open=tuple(lower if a == older else a for a in s.open))
    return _at(taken, n, "recorded", generation=s.wanted, base=s.shown, attempt=lower.number)


def _is_drained(rules: Protocol, s: State, attempt: Attempt) -> bool:
    if not rules.has("drain") or attempt.overdue:
        return True
    about_to_send = any(r.at == "recorded" and r.attempt == attempt.number for r in s.runners)
    can_wait_out = rules.pauses_before_sending or not about_to_send
    waited_for = {attempt.number, *attempt.overtaken}
    return can_wait_out and all(copy.attempt not in waited_for for copy in s.network)


def _reading(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    yield "read back", _at(s, n, "read", seen=s.shown)


def _read(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    runner = s.runners[n]
    if refused := _fenced(rules, s, n):
        yield refused
        return
    attempt = next((a for a in s.open if a.number == runner.attempt), None)
    if attempt is None:
        yield "settle what was read", _at(s, n, "release")
    elif runner.seen == attempt.value:
        yield "settle what was read", _confirmed(_at(s, n, "settling"), attempt)
    else:
        seen = s._replace(shadow=(s.shadow[0], runner.seen))
        yield "settle what was read", _closed(_at(seen, n, "settling"), attempt)


def _planning(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    if s.open and rules.has("one_open"):
        yield "hold a key in doubt", _at(s, n, "release")
    elif s.shadow[1] == target(rules, s.wanted):
        yield "plan", _at(s, n, "release")
    else:
        yield "plan", _at(s, n, "planned", generation=s.wanted)


def _planned(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    is_there = s.shown == target(rules, s.runners[n].generation)
    seen = _at(s._replace(shadow=(s.shadow[0], s.shown)), n, "there" if is_there else "turn", base=s.shown)
    yield _fenced(rules, s, n) or ("read the base", seen)


def _there(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    generation = s.runners[n].generation
    shadow = (max(generation, s.shadow[0]), target(rules, generation) if generation >= s.shadow[0] else s.shadow[1])
    yield _fenced(rules, s, n) or ("seen already", _at(s._replace(shadow=shadow), n, "release"))


def _turn(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    runner = s.runners[n]
    if s.waits and rules.has("turn_first"):
        yield "wait for its turn", s._replace(waits=s.waits - 1)
    if not rules.has("record_first"):
        yield "send", _sent(rules, s, n)
    elif refused := _fenced(rules, s, n):
        yield refused
    elif s.open and rules.has("one_open"):
        yield "hold a key in doubt", _at(s, n, "release")
    else:
        attempt = Attempt(_next(s), runner.generation, target(rules, runner.generation))
        yield "record", _at(s._replace(open=(*s.open, attempt)), n, "recorded", attempt=attempt.number)


def _recorded(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    runner = s.runners[n]
    yield "send", _sent(rules, s, n)
    if s.waits and not rules.has("turn_first"):
        late = tuple(a._replace(overdue=True) if a.number == runner.attempt else a for a in s.open)
        yield "wait for its turn", s._replace(open=late, waits=s.waits - 1)


def _sent(rules: Protocol, s: State, n: int) -> State:
    runner = s.runners[n]
    is_recorded = runner.at == "recorded"
    number = runner.attempt if is_recorded else _next(s)
    copy = Copy(number, target(rules, runner.generation), runner.base if rules.compares else None)
    sent = s._replace(network=_sorted(s.network, copy), unrecorded=s.unrecorded or not is_recorded)
    return _at(sent, n, "waiting", attempt=number)


def _waiting(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    runner = s.runners[n]
    attempt = next((a for a in s.open if a.number == runner.attempt), None)
    if refused := _fenced(rules, s, n):
        yield refused
        return
    if attempt is None:
        yield "release", _at(s, n, "release")
        return
    said = [kind for number, kind in s.answers if number == attempt.number]
    doubles_gone = rules.late_doubles or all(copy.attempt != attempt.number for copy in s.network)
    if said and doubles_gone and not attempt.is_overtaking:
        quiet = s._replace(answers=tuple(a for a in s.answers if a[0] != attempt.number))
        if said[0] == "applied":
            yield "judge: applied", _confirmed(_at(quiet, n, "release"), attempt)
        else:
            yield "judge: conflict", _closed(_at(quiet, n, "planned"), attempt)
    if rules.accepts and not rules.has("accepted_is_not_applied"):
        yield "judge: applied", _confirmed(_at(s, n, "release"), attempt)
    elif not rules.has("no_blind_retry"):
        yield "judge: unknown", _closed(_at(s, n, "turn"), attempt)
    else:
        yield "judge: unknown", _at(s, n, "settling")


def _release(rules: Protocol, s: State, n: int) -> Iterator[Move]:
    lock = None if s.lock == n else s.lock
    yield "release", _runner(s._replace(lock=lock), n, Runner())


def canonical(s: State) -> State:
    """Number the attempts that something still speaks of by their age, so that the same situation is the same state."""
    # of epochs only this matters: is it the newest?
    current = (r._replace(epoch=int(r.epoch == s.epoch)) for r in s.runners)
    runners = tuple(Runner() if r.at == "idle" else r for r in current)
    waited_for = {a.number for a in s.open} | {r.attempt for r in runners}
    answers = tuple(a for a in s.answers if a[0] in waited_for)
    live = sorted((waited_for | {c.attempt for c in s.network}) - {0})
    number = {0: 0, **{old: new for new, old in enumerate(live, start=1)}}
    return s._replace(
        epoch=1,
        network=tuple(sorted((c._replace(attempt=number[c.attempt]) for c in s.network), key=repr)),
        answers=tuple(sorted((number[a], kind) for a, kind in answers)),
        open=tuple(
            a._replace(number=number[a.number], overtaken=tuple(sorted(number[o] for o in a.overtaken if o in number)))
            for a in s.open
        ),
        done=tuple(sorted(number[a] for a in s.done if a in number)),
        runners=tuple(r._replace(attempt=number[r.attempt]) for r in runners),
    )


_PROGRAM: dict[str, Any] = {
    "idle": _idle, "leased": _leased, "settling": _settling, "reading": _reading, "read": _read, "planning": _planning,
    "planned": _planned, "there": _there, "turn": _turn, "recorded": _recorded, "waiting": _waiting, "release": _release,
}  # fmt: skip


def _fenced(rules: Protocol, s: State, n: int) -> Move | None:
    """A commit with an older epoch is refused, and its process ends."""
    if not rules.has("fencing") or s.runners[n].epoch == s.epoch:
        return None
    return "fenced off", _runner(s._replace(lock=None if s.lock == n else s.lock), n, Runner())


def _confirmed(s: State, attempt: Attempt) -> State:
    # an older generation never replaces a newer one in what is believed
    shadow = (attempt.generation, attempt.value) if attempt.generation > s.shadow[0] else s.shadow
    if attempt.generation == s.shadow[0]:
        shadow = (attempt.generation, attempt.value)
    return _closed(s._replace(shadow=shadow), attempt)


def _closed(s: State, attempt: Attempt) -> State:
    return s._replace(open=tuple(a for a in s.open if a.number != attempt.number))


def _next(s: State) -> int:
    used = (
        [number for a in s.open for number in (a.number, *a.overtaken)]
        + [c.attempt for c in s.network]
        + [a for a, _ in s.answers]
        + list(s.done)
    )
    return max([*used, *(r.attempt for r in s.runners)], default=0) + 1


def _sorted(network: tuple[Copy, ...], copy: Copy) -> tuple[Copy, ...]:
    return tuple(sorted((*network, copy), key=repr))


def _runner(s: State, n: int, runner: Runner) -> State:
    return s._replace(runners=(runner, s.runners[1]) if n == 0 else (s.runners[0], runner))


def _at(s: State, n: int, at: str, **changes: Any) -> State:
    return _runner(s, n, s.runners[n]._replace(at=at, **changes))
