"""One key as everybody sees it: the rules, the situation, and what the world does to it (network, customers, kills).

Small enough to be searched whole, see `search.py`; what a runner does is in `runner.py`. The environment lands, loses, doubles
and delays copies of a write, sells, edits, kills runners. Times are not modelled: `drained` is enabled exactly when no copy of
a write can land any more, which is what waiting until `drain_until` is for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple


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
    resyncs: int = 0
    """How often what is shown is adopted instead of being pushed: `tallyhouse push plan --resync`."""
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
    is_reading: bool = False
    """It adopts what is shown, and sends nothing."""


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
    resyncs: int
    unrecorded: bool = False


Move = tuple[str, State]


def first(rules: Protocol) -> State:
    return State(
        0, rules.start, (), (), (), (), (0, rules.start), 1, None, (Runner(), Runner()),
        rules.crashes, rules.doubles, rules.foreign, rules.takeovers, rules.waits, rules.resyncs,
    )  # fmt: skip


def target(rules: Protocol, generation: int) -> int:
    return (rules.start, *rules.targets)[generation]


def world_moves(rules: Protocol, s: State) -> Iterator[Move]:
    if s.wanted < len(rules.targets):
        yield "a newer target is wanted", s._replace(wanted=s.wanted + 1)
    for place, copy in enumerate(s.network):
        rest = s.network[:place] + s.network[place + 1 :]
        yield f"{copy.value} lands", landed(rules, s._replace(network=rest), copy)
        yield f"{copy.value} is lost", s._replace(network=rest)
        if s.doubles:
            twin = copy._replace(is_double=True)
            yield f"{copy.value} is doubled", s._replace(network=in_flight(s.network, twin), doubles=s.doubles - 1)
    if s.foreign:
        yield "a sale", s._replace(shown=s.shown - 1, foreign=s.foreign - 1)
        yield "a foreign edit", s._replace(shown=rules.start, foreign=s.foreign - 1)
    for number, runner in enumerate(s.runners):
        if s.crashes and runner.at != "idle":
            lock = None if s.lock == number else s.lock
            yield (
                f"runner {number} is killed",
                with_runner(s, number, Runner())._replace(lock=lock, crashes=s.crashes - 1),
            )


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


def confirmed(s: State, attempt: Attempt) -> State:
    # an older generation never replaces a newer one in what is believed
    shadow = (attempt.generation, attempt.value) if attempt.generation > s.shadow[0] else s.shadow
    if attempt.generation == s.shadow[0]:
        shadow = (attempt.generation, attempt.value)
    return closed(s._replace(shadow=shadow), attempt)


def closed(s: State, attempt: Attempt) -> State:
    return s._replace(open=tuple(a for a in s.open if a.number != attempt.number))


def next_number(s: State) -> int:
    used = (
        [number for a in s.open for number in (a.number, *a.overtaken)]
        + [c.attempt for c in s.network]
        + [a for a, _ in s.answers]
        + list(s.done)
    )
    return max([*used, *(r.attempt for r in s.runners)], default=0) + 1


def in_flight(network: tuple[Copy, ...], copy: Copy) -> tuple[Copy, ...]:
    return tuple(sorted((*network, copy), key=repr))


def with_runner(s: State, n: int, runner: Runner) -> State:
    return s._replace(runners=(runner, s.runners[1]) if n == 0 else (s.runners[0], runner))


def at_step(s: State, n: int, at: str, **changes: Any) -> State:
    return with_runner(s, n, s.runners[n]._replace(at=at, **changes))
