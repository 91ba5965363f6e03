"""Every way in which a step can end, on every purchasing system, in a push that is killed at every point: one document, always.

`make campaign-purchasing` runs the whole and prints its counts; a seeded slice runs with the suite.
"""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import duckdb
import pytest

from tests.emulators.erp import page
from tests.emulators.front import Answer, Fault
from tests.push_campaign.points import Killed, Points, counting
from tests.reverse_etl.campaign import quick_disk
from tests.reverse_etl.conftest import World, proposal
from tests.reverse_etl.queues import QUEUES, Queue, QueueKind
from warehouse.connection import reader

UNITS = {1: 7}
SAYS_NOTHING = Answer(200, b"<html>log in</html>", {"content-type": "text/html"})
ENDINGS = {
    "answered": Fault(),
    "silent": Fault("yes", "stall"), "silent, not done": Fault("no", "stall"),
    "reset": Fault("yes", "reset"), "reset, not done": Fault("no", "reset"), "reset, done later": Fault("late", "reset", 50),
    "cut": Fault("yes", "cut"), "closed": Fault("yes", "close"), "closed, not done": Fault("no", "close"),
    "503": Fault("yes", page(503, "Service Unavailable")), "503, not done": Fault("no", page(503, "Service Unavailable")),
    "500": Fault("yes", Answer(500, b"oops", {})), "500, not done": Fault("no", Answer(500, b"oops", {})),
    "200 that says nothing": Fault("yes", SAYS_NOTHING), "200 that says nothing, not done": Fault("no", SAYS_NOTHING),
    "429": Fault("no", Answer(429, b"", {"retry-after": "7"})),
}  # fmt: skip
Place = tuple[QueueKind, int]
PLACES: list[Place] = [(kind, step) for kind in QUEUES for step in range(kind.steps)]
every_place = pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place[0].kind}-{place[1] + 1}")


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """One proposal, published once for all trials."""
    world = World(tmp_path_factory.mktemp("exports"))
    world.paths.create()
    world.publish(proposals=[proposal(n, units, sku_id=f"SKU-{n}") for n, units in UNITS.items()])
    with reader(world.serving) as connection:
        yield connection


@dataclass
class Trial:
    """One push of a proposal that meets an ending at one of its steps and may die; what follows, and what is wrong then."""

    queue: Queue
    step: int
    ending: str
    wrong: Counter[str] = field(default_factory=Counter)
    is_killed: bool = False

    def run(self, points: Points) -> None:
        queue = self.queue
        queue.settings += "\ndeadline_seconds = 0.2" if "silent" in self.ending else ""
        queue.configure()
        queue.front.write_faults = [*[None] * self.step, ENDINGS[self.ending]]
        queue.erp.is_write = self._arrived
        with queue.front:
            try:
                with counting(points):
                    queue.push_again()
            except Killed:
                self.is_killed = True
                if points.taken % 2:
                    # somebody starts the next one at once, while a copy of the last request may still land
                    queue.push_again()
            self._settle()
        self._judge()

    def _settle(self) -> None:
        """Push until nothing is left to do, an hour apart, and once more, which is to change nothing."""
        for _ in range(5):
            self.queue.clock.sleep(3600)
            self.queue.push_again()
            if {row[0] for row in self.queue.proposals().values()} == {"acknowledged"}:
                break
        effects = len(self.queue.erp.effects)
        self.queue.clock.sleep(3600)
        self.queue.push_again()
        self.wrong["something sent in the end"] += len(self.queue.erp.effects) - effects

    def _arrived(self, method: str, path: str, body: bytes) -> bool:
        """Look into the journal as another reader, before the system does anything."""
        is_write: bool = type(self.queue.erp).is_write(self.queue.erp, method, path, body)
        if is_write and len(self.queue.front.writes) >= len(self.queue.query("select 1 from push_attempt")):
            self.wrong["request without a journal row"] += 1
        return is_write

    def _judge(self) -> None:
        queue, kind = self.queue, self.queue.kind
        for number, units in UNITS.items():
            documents = queue.erp.of(queue.id_of(number))
            self.wrong["no document"] += not documents
            self.wrong["second document"] += len(documents) > 1
            self.wrong["unfinished or other document"] += len(documents) == 1 and not queue.erp.is_whole(
                f"P{number}", units
            )
        self.wrong["step taken twice"] += len(queue.erp.effects) - len(set(queue.erp.effects))
        self.wrong["request too many"] += max(0, len(queue.front.writes) - len(UNITS) * kind.steps - 1)
        said = {row[:2] for row in queue.proposals().values()}
        self.wrong["queue says otherwise"] += said != {("acknowledged", "accepted")}
        with suppress(AssertionError):
            queue.assert_sound()
            return
        self.wrong["broken books"] += 1


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len({kind.secret for kind in QUEUES}) == 1
    monkeypatch.setenv("EMULATED_KEY", QUEUES[0].secret)


def trial(home: Path, exports: duckdb.DuckDBPyConnection, place: Place, ending: str, points: Points) -> Trial:
    """Run one; each has a home of its own."""
    queue = Queue(home, place[0])
    queue.exports = exports
    found = Trial(queue, place[1], ending)
    with quick_disk():
        found.run(points)
    return found


@every_place
def test_some_endings_and_some_deaths(tmp_path: Path, exports: duckdb.DuckDBPyConnection, place: Place) -> None:
    draw = Random(f"{place[0].kind} {place[1]}")
    for number in range(3):
        ending, fatal = draw.choice([name for name in ENDINGS if "silent" not in name]), draw.randint(1, 40)
        found = trial(tmp_path / str(number), exports, place, ending, Points(fatal))
        assert +found.wrong == Counter(), (ending, fatal)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@every_place
def test_every_ending_and_every_death(tmp_path: Path, exports: duckdb.DuckDBPyConnection, place: Place) -> None:
    wrong, trials, kills = Counter[str](), 0, 0
    for ending in ENDINGS:
        is_killed, fatal = True, 0
        while is_killed:
            fatal += 1
            found = trial(tmp_path / f"{trials}", exports, place, ending, Points(fatal))
            # thousands of stores would fill a disk
            shutil.rmtree(tmp_path / f"{trials}")
            trials, kills, is_killed = trials + 1, kills + found.is_killed, found.is_killed
            wrong.update({f"{what} ({ending}, point {fatal})": count for what, count in found.wrong.items()})
    sys.stdout.write(
        f"\n{place[0].kind}, step {place[1] + 1}: {trials} trials, {kills} killed, {wrong.total()} wrong\n"
    )
    assert +wrong == Counter()
    assert kills > 20 * len(ENDINGS)
