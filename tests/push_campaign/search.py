"""Every state that the protocol can reach, and the shortest way to the first one that must not be."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from tests.push_campaign.protocol import Protocol, State, canonical, first, landed, target
from tests.push_campaign.runner import moves, runner_moves

LARGEST_SEARCH = 400_000
_REST_PUSHES, _REST_STEPS = 3, 80


@dataclass(frozen=True)
class Found:
    """What a search came to: `broken` names the property that a reachable state breaks, `trace` the steps that lead there."""

    states: int
    labels: frozenset[str] = frozenset()
    broken: str | None = None
    trace: tuple[str, ...] = ()


def search(rules: Protocol) -> Found:
    """Go through all states, breadth first; RuntimeError when there are more than were bargained for."""
    start = canonical(first(rules))
    came_from: dict[State, tuple[State, str] | None] = {start: None}
    waiting, labels = deque([start]), set()
    while waiting:
        state = waiting.popleft()
        if wrong := problem(rules, state):
            return Found(len(came_from), frozenset(labels), wrong, _trace(came_from, state))
        for label, next_state in moves(rules, state):
            after = canonical(next_state)
            labels.add(label)
            if after not in came_from:
                came_from[after] = state, label
                waiting.append(after)
        if len(came_from) > LARGEST_SEARCH:
            raise RuntimeError(f"more than {LARGEST_SEARCH} states: {rules}")
    return Found(len(came_from), frozenset(labels))


def problem(rules: Protocol, state: State) -> str | None:
    """Return which property a state breaks."""
    if state.unrecorded:
        return "a write left without a journal record"
    if len(state.open) > 1:
        return "two attempts are open on one key"
    if not state.network and all(runner.at == "idle" for runner in state.runners):
        return _at_rest(rules, state)
    return None


def _at_rest(rules: Protocol, state: State) -> str | None:
    """Stop all faults and push a few times: does the channel show the newest number then, and do we know it?"""
    if state.foreign < rules.foreign:
        # what others changed is found by reading everything back, `reverse_etl.drift.read_drift`
        state = state._replace(shadow=(state.shadow[0], state.shown))
    for _ in range(_REST_PUSHES):
        after = _undisturbed(rules, state)
        if after is None:
            return "a push without faults does not end"
        state = after
    wanted = target(rules, state.wanted)
    if state.open:
        return "a push without faults leaves a write in doubt"
    if state.shown != wanted:
        return f"at rest {state.shown} is shown, the newest is {wanted}"
    return None if state.shadow[1] == wanted else f"at rest {state.shadow[1]} is believed, {wanted} is shown"


def _undisturbed(rules: Protocol, state: State) -> State | None:
    """One push of the first runner with nothing going wrong; None when it never ends."""
    for _ in range(_REST_STEPS):
        while state.network:
            state = landed(rules, state._replace(network=state.network[1:]), state.network[0])
        (_, state), *_ = runner_moves(rules, state, 0)
        if state.runners[0].at == "idle" and state.lock is None:
            return state
    return None


def _trace(came_from: dict[State, tuple[State, str] | None], state: State) -> tuple[str, ...]:
    labels = []
    while (step := came_from[state]) is not None:
        state, label = step
        labels.append(label)
    return tuple(reversed(labels))
