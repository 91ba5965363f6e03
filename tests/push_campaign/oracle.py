"""What must hold after every trial: the channel's own record joined with the journal. Each count is to be nought."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ops import open_store, verify_audit
from tests.push_campaign.exports import NUMBERS, START, Wanted
from tests.push_campaign.trial import Trial, sku

COUNTS = ("lost", "duplicate effects", "wrong end states", "requests without a journal row", "broken books")


@dataclass
class Verdict:
    """Problems by count, in words."""

    problems: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in COUNTS})

    def add(self, count: str, problem: str) -> None:
        self.problems[count].append(problem)

    @property
    def all(self) -> list[str]:
        return [f"{name}: {problem}" for name, problems in self.problems.items() for problem in problems]


def judge_at_death(trial: Trial, verdict: Verdict) -> None:
    """What holds at any moment, also right after a kill."""
    for problem in trial.arrivals.unrecorded:
        verdict.add("requests without a journal row", problem)
    trial.arrivals.unrecorded.clear()
    _judge_books(trial, verdict)


def judge_at_rest(trial: Trial, wanted: Wanted, verdict: Verdict) -> None:
    """What holds when faults have stopped and pushes have settled: every number is shown, or known not to be."""
    judge_at_death(trial, verdict)
    believed = {str(name): number for name, number in trial.query(_BELIEVED)}
    last = {str(name): (status, reason) for name, status, reason in trial.query(_LAST)}
    for number in NUMBERS:
        name, shown = sku(number), trial.levels.get(sku(number))
        if shown == wanted[number]:
            continue
        status, reason = last.get(name, (None, None))
        if believed.get(name) == wanted[number] and name not in trial.foreign:
            verdict.add("wrong end states", f"{name} shows {shown}, {wanted[number]} is wanted and believed")
        elif believed.get(name) != wanted[number] and status not in ("held", "rejected", "ambiguous"):
            verdict.add("lost", f"{name} shows {shown}, {wanted[number]} is wanted, the journal says {status} {reason}")
    _judge_effects(trial, verdict)


def judge_after_reading_back(trial: Trial, wanted: Wanted, verdict: Verdict) -> None:
    """After reading everything back and one more push nothing differs any more, and one more sends nothing."""
    judge_at_death(trial, verdict)
    for number in NUMBERS:
        shown = trial.levels.get(sku(number))
        if shown != wanted[number]:
            verdict.add("wrong end states", f"{sku(number)} shows {shown} in the end, {wanted[number]} is wanted")
    if trial.query("select 1 from push_intent where status in ('sending', 'ambiguous', 'ready')"):
        verdict.add("lost", "a row is still on its way in the end")
    writes = trial.arrivals.writes
    report = trial.push(wanted)
    if trial.arrivals.writes != writes or report.unchanged != report.planned:
        verdict.add("duplicate effects", "a push of what is shown already sends something")
    _judge_effects(trial, verdict)


def _judge_books(trial: Trial, verdict: Verdict) -> None:
    with open_store(trial.paths.ops) as store:
        if not verify_audit(store).intact:
            verdict.add("broken books", "the audit is not intact")
        for name, sql in _BOOKS.items():
            if rows := store.query(sql):
                verdict.add("broken books", f"{name}: {rows[0]}")


def _judge_effects(trial: Trial, verdict: Verdict) -> None:
    """Our effects on a row, in their order, are its targets in their order, each once unless somebody else came between.

    A number that a lower one overtook while it was in doubt may land once after it, and is lowered again once (decision 0018).
    """
    recorded = trial.arrivals.sent
    allowed = Counter({name: 4 + 2 * trial.changes[name] for name in trial.foreign})
    overtaken = Counter((str(name), number) for name, number in trial.query(_OVERTAKEN))
    to_lower: Counter[str] = Counter()
    place: dict[str, int] = {}
    for name, before, value in trial.channel.effects:
        targets = _changes([wanted[int(name.rsplit("-", 1)[1])] for wanted in trial.targets])
        if (name, value) not in recorded and value not in trial.strange:
            verdict.add("requests without a journal row", f"{name} was set to {value}, which no attempt says")
        start = place.get(name, 0)
        if value in targets[start:]:
            place[name] = targets.index(value, start) + 1
        elif overtaken[name, value] and value > before:
            overtaken[name, value] -= 1
            to_lower[name] += 1
        elif to_lower[name] and value < before and value in targets[:start]:
            to_lower[name] -= 1
        elif allowed[name]:
            allowed[name] -= 1
        else:
            verdict.add("duplicate effects", f"{name} was set to {value} once more: {trial.channel.effects}")


def _changes(numbers: list[int]) -> list[int]:
    return [n for place, n in enumerate(numbers) if n != (numbers[place - 1] if place else START)]


_BELIEVED = """
    select json_extract(payload_json, '$.channel_sku'), json_extract(payload_json, '$.quantity') from channel_shadow
"""
_LAST = """
    select channel_sku, status, reason from push_intent
    where run_id = (select run_id from push_run order by rowid desc limit 1)
"""
_OVERTAKEN = """
    select channel_sku, json_extract(payload_json, '$.quantity') from push_intent
    where status = 'superseded' and reason like 'overtaken by a lower number%'
"""
_BOOKS = {
    "rows and counts differ": """
        select r.run_id from push_run r left join push_intent i using (run_id) group by r.run_id
        having r.planned_count <> r.unchanged_count + count(i.row_key)""",
    "confirmed without evidence": "select row_key from push_intent where status = 'confirmed' and evidence is null",
    "two open attempts on a key": """
        select destination, row_key from push_intent where status in ('sending', 'ambiguous')
        group by 1, 2 having count(*) > 1""",
    "a generation confirmed twice": """
        select destination, row_key, generation from push_intent where status = 'confirmed'
        group by 1, 2, 3 having count(*) > 1""",
}
