"""The protocol holds in every state that can be reached, and each of its rules is needed: without it, it does not."""

from __future__ import annotations

import importlib

import pytest

from tests.push_campaign.protocol import Protocol
from tests.push_campaign.runner import STEPS
from tests.push_campaign.search import search

SOUND = {
    "two crashes, waits": Protocol(crashes=2, waits=2),
    "three targets, the first of them again": Protocol(targets=(5, 7, 10), crashes=2),
    "a doubled write": Protocol(crashes=2, doubles=1),
    "a sale and an edit": Protocol(crashes=2, foreign=2),
    "compares: back to the earlier number, foreign changes": Protocol(
        targets=(5, 10), compares=True, crashes=2, foreign=1, doubles=1
    ),
    "keeps keys: a copy long after its answer": Protocol(
        targets=(5, 10), compares=True, keyed=True, crashes=2, doubles=2, late_doubles=True
    ),
    "only accepts": Protocol(targets=(5, 7, 10), accepts=True, crashes=2),
    "a lower number overtakes one in doubt": Protocol(targets=(12, 5), overtakes=True, crashes=2),
    "lower and lower, then the first again": Protocol(targets=(7, 3, 10), overtakes=True, crashes=1),
    "compares: a lower number overtakes": Protocol(targets=(7, 3, 10), overtakes=True, compares=True, crashes=1),
    "a resync beside pushes": Protocol(targets=(5, 7, 10), resyncs=1, crashes=2),
    "two resyncs, a doubled write": Protocol(resyncs=2, crashes=1, doubles=1),
    "compares: a resync after foreign changes": Protocol(
        targets=(5, 10), compares=True, resyncs=1, crashes=1, foreign=1
    ),
    "a resync while a lower number overtakes": Protocol(targets=(7, 3), overtakes=True, resyncs=1, crashes=1),
    "two hosts, a resync overtaken": Protocol(targets=(5, 10), resyncs=1, crashes=1, takeovers=1),
    "two hosts, one overtaken": Protocol(crashes=1, takeovers=1),
    "two hosts, compares": Protocol(targets=(5, 10), compares=True, crashes=1, takeovers=1),
}
AT_REST = "at rest 5 is shown, the newest is"
WITHOUT = {
    "fencing": (Protocol(crashes=0, takeovers=1), AT_REST),
    "drain": (Protocol(crashes=0), AT_REST),
    "drain, though it compares": (Protocol(targets=(5, 10), compares=True, crashes=0), AT_REST),
    "read_back": (Protocol(crashes=0), AT_REST),
    "no_blind_retry": (Protocol(crashes=0), AT_REST),
    "no_blind_retry, though it compares": (Protocol(targets=(5, 10), compares=True, crashes=0), AT_REST),
    "record_first": (Protocol(crashes=0), "a write left without a journal record"),
    "one_open, fencing": (Protocol(crashes=0, takeovers=1), "two attempts are open on one key"),
    "accepted_is_not_applied": (Protocol(accepts=True, crashes=0), "at rest 10 is shown, the newest is"),
    "inherited_time": (Protocol(targets=(7, 3), overtakes=True, crashes=0), "at rest 7 is shown, the newest is 3"),
    "turn_first": (Protocol(crashes=0, waits=1), AT_REST),
    "doubt_not_adopted": (Protocol(resyncs=1, crashes=1), AT_REST),
    "doubt_not_adopted, though it compares": (Protocol(targets=(5, 10), compares=True, resyncs=1, crashes=1), AT_REST),
}
LIMITS = {
    "a copy delivered again after its answer, to who keeps no keys": Protocol(crashes=0, doubles=1, late_doubles=True),
    "overtaken on another host between record and request": Protocol(
        crashes=0, takeovers=1, pauses_before_sending=True
    ),
}


@pytest.mark.parametrize("name", SOUND)
def test_no_reachable_state_breaks_a_promise(name: str) -> None:
    found = search(SOUND[name])
    print(f"{name}: {found.states:,} states")
    assert (found.broken, found.trace) == (None, ())
    assert found.states > 1000


@pytest.mark.parametrize("name", WITHOUT)
def test_without_any_one_rule_some_way_breaks_a_promise(name: str) -> None:
    rules, broken = WITHOUT[name]
    left_out = frozenset(name.split(", though", maxsplit=1)[0].split(", "))
    found = search(Protocol(**{**rules.__dict__, "without": left_out}))
    print(f"without {name}: {found.broken}\n  " + "\n  ".join(found.trace))
    assert (found.broken or "").startswith(broken)
    assert found.trace


@pytest.mark.parametrize("name", LIMITS)
def test_what_is_not_promised_is_known_and_not_more(name: str) -> None:
    """These ways exist, `docs/guarantees.md` says so; were they closed, this would say that the page can promise more."""
    found = search(LIMITS[name])
    print(f"{name}: {found.broken}\n  " + "\n  ".join(found.trace))
    assert (found.broken or "").startswith(AT_REST)


def test_every_step_of_the_model_is_a_function_of_the_engine() -> None:
    for place in STEPS.values():
        module, name = place.rsplit(".", 1)
        try:
            owner = importlib.import_module(module)
        except ModuleNotFoundError:
            module, owned = module.rsplit(".", 1)
            owner = getattr(importlib.import_module(module), owned)
        assert callable(getattr(owner, name)), place


def test_every_step_that_a_runner_makes_is_in_the_table() -> None:
    made = set()
    for rules in (
        Protocol(crashes=1, waits=1),
        Protocol(takeovers=1),
        Protocol(compares=True, foreign=1),
        Protocol(targets=(7, 3), overtakes=True),
        Protocol(resyncs=1),
    ):
        made |= {label.partition(": ")[2] for label in search(rules).labels if ": " in label}
    assert made == set(STEPS)
