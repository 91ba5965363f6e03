"""Trials of one kind of channel: every way of every fault, killed at every point, or at some of them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from random import Random

from tests.push_campaign import channel_faults, house_faults, network_faults
from tests.push_campaign.exports import NUMBERS, START, Wanted
from tests.push_campaign.faults import VARIANTS, Variant, variants_of
from tests.push_campaign.oracle import Verdict, judge_after_reading_back, judge_at_death, judge_at_rest
from tests.push_campaign.points import Points
from tests.push_campaign.trial import Trial
from tests.reverse_etl.channels import KINDS, Kind

DECLARED = (network_faults, channel_faults, house_faults)
assert len(VARIANTS) > 50, DECLARED

THEN: tuple[Wanted, ...] = ({1: 3, 2: 14, 3: 0}, {1: 0, 2: 12, 3: 25}, {1: 9, 2: 0, 3: 11}, {1: 15, 2: 4, 3: 2})
OTHER: tuple[Wanted, ...] = ({1: 5, 2: 9, 3: 2}, {1: 12, 2: 1, 3: 10})
BACK: Wanted = dict.fromkeys(NUMBERS, START)


@dataclass(frozen=True)
class Done:
    """One trial: what it was, where it died if it did, and what was wrong."""

    fault: int
    variant: str
    point: int | None
    name: str
    problems: dict[str, list[str]]
    settling_pushes: int

    @property
    def all(self) -> list[str]:
        return [f"{count}: {text}" for count, texts in self.problems.items() for text in texts]


def trial_of(kind: Kind, variant: Variant, point: int | None, seed: int) -> tuple[Done, Points]:
    """One trial, killed at that point or not at all."""
    choice = Random(f"{kind.kind}-{variant.fault}-{variant.name}-{seed}")
    then = choice.choice(THEN)
    following = BACK if variant.returns else choice.choice((then, BACK, *OTHER))
    verdict, points = Verdict(), Points(point)
    with Trial(kind, f"{variant.fault}-{variant.name}-{seed}") as trial:
        variant.arm(trial)
        trial.disturbed(then, points)
        died = trial.ended == "killed"
        if not died:
            for check in (variant.check, *trial.checks):
                if wrong := check(trial):
                    verdict.add("broken books", wrong)
        trial.repair()
        judge_at_death(trial, verdict)
        if trial.reads_back_first:
            trial.reconcile()
        pushes = trial.settle(following)
        judge_at_rest(trial, following, verdict)
        trial.reconcile()
        trial.settle(following)
        judge_after_reading_back(trial, following, verdict)
    name = points.names[-1] if died and points.names else "not killed"
    return Done(variant.fault, variant.name, point if died else None, name, verdict.problems, pushes), points


def trials(kind: Kind, seeds: range, *, every: int = 1) -> Iterator[Done]:
    """Each way of each fault without a kill, then killed at each point, or at every n-th beginning at a seeded one."""
    for seed in seeds:
        for variant in variants_of(kind):
            yield from _trials_of(kind, variant, seed, every)


def _trials_of(kind: Kind, variant: Variant, seed: int, every: int) -> Iterator[Done]:
    done, points = trial_of(kind, variant, None, seed)
    yield done
    first = 1 + Random(f"{kind.kind}-{variant.name}-{seed}").randrange(every)
    for point in range(first, points.taken + 1, every):
        yield trial_of(kind, variant, point, seed)[0]


def _in_another_process(name: str, number: int, seed: int, every: int) -> list[Done]:
    kind = next(kind for kind in KINDS if kind.kind == name)
    return list(_trials_of(kind, variants_of(kind)[number], seed, every))


def trials_at_once(kind: Kind, seeds: range, *, every: int, processes: int) -> Iterator[Done]:
    """The same trials, so many processes at a time; in no order."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        pieces = [
            pool.submit(_in_another_process, kind.kind, number, seed, every)
            for seed in seeds
            for number in range(len(variants_of(kind)))
        ]
        for piece in as_completed(pieces):
            yield from piece.result()
