"""The faults of the campaign, F1 to F35: what each injects, and which kinds of channel it cannot happen to, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.push_campaign.trial import Trial
from tests.reverse_etl.channels import Kind

Arm = Callable[[Trial], None]
Check = Callable[[Trial], str | None]
Fits = Callable[[Kind], str]

TITLES = {
    1: "connection refused, no such host",
    2: "no connection in time",
    3: "silence, not carried out",
    4: "silence, carried out",
    5: "reset before the answer",
    6: "answer cut or closed in its middle",
    7: "answer dripping for ever",
    8: "429 with any Retry-After",
    9: "429 to every write",
    10: "5xx, not carried out",
    11: "5xx, carried out",
    12: "200 that says nothing",
    13: "some rows of a batch refused",
    14: "rows of an answer reversed, missing, doubled, strange",
    15: "sale or edit between read and write",
    16: "write lands late, the earlier number is wanted again",
    17: "write delivered twice",
    18: "write lands late, another number is wanted",
    19: "idempotency key in use, mismatched, failed before",
    20: "in doubt for longer than a key is kept",
    21: "accepted, then never, half or otherwise applied",
    22: "token ended, refused, without the right",
    23: "redirect, proxy, not TLS",
    24: "API gone",
    25: "no fault but the kill",
    26: "clock set forward or back, process stood still",
    27: "disk full under the journal",
    28: "journal damaged, missing, newer, restored",
    29: "second runner, runner overtaken",
    30: "kill switch",
    31: "guard, approval of another plan",
    32: "stale input, empty input",
    33: "exports half built",
    34: "purchase handed over, answer lost",
    35: "listing removed between plan and write",
}


@dataclass(frozen=True)
class Variant:
    """One way in which a fault shows. `check` looks at a trial that was not killed, and says what is wrong."""

    fault: int
    name: str
    arm: Arm
    fits: Fits
    check: Check
    returns: bool
    """Whether what is wanted next is the number of before: what no comparison notices."""


VARIANTS: list[Variant] = []


def everywhere(kind: Kind) -> str:
    return ""


def fault(
    number: int, name: str, *, fits: Fits = everywhere, check: Check = lambda trial: None, returns: bool = False
) -> Callable[[Arm], Arm]:
    """Declare a way in which a fault shows; the function arms it."""

    def declare(arm: Arm) -> Arm:
        VARIANTS.append(Variant(number, name, arm, fits, check, returns))
        return arm

    return declare


def variants_of(kind: Kind) -> list[Variant]:
    """The ways that this kind of channel can meet, in the order of their numbers."""
    return sorted((v for v in VARIANTS if not v.fits(kind)), key=lambda v: v.fault)


def reasons_against(kind: Kind) -> dict[int, str]:
    """Why a fault cannot happen to this kind at all, by its number."""
    met = {variant.fault for variant in variants_of(kind)}
    against = {v.fault: v.fits(kind) for v in VARIANTS if v.fault not in met}
    return (
        {34: "stock is no purchase: `tests/reverse_etl/test_purchasing_campaign.py`", **against}
        if 34 not in met
        else against
    )
