"""The four measurements of a push; each returns figures and prints nothing."""

from __future__ import annotations

import os
import random
import signal
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from math import ceil

import duckdb
import httpx2

from benchmarks.push.shop import JournalTime, Shop, exports
from ops import open_store
from reverse_etl.destinations import destination_of
from tests.emulators.clock import VirtualClock
from tests.emulators.front import Asked, Front
from tests.push_campaign.points import Points, counting
from tests.reverse_etl.channels import Kind

LOWER, RAISE = "i % 7", "11 + i % 40"
"""Numbers below, and above, the ten that every channel shows."""


@dataclass(frozen=True)
class Cycle:
    """One push of every listing. `waited` is virtual time, the rest real; `least` is what the documented rate allows."""

    kind: str
    listings: int
    requests: int
    writes: int
    waited: float
    least: float
    least_writes: float
    wall: float
    cpu: float
    journal: float
    commits: int
    in_doubt: int


def cycle(kind: Kind, listings: int) -> Cycle:
    """Push a change of every listing, from a channel of which nothing is known; half go down, half go up.

    The store is in memory here: what its syncs cost is measured beside, where nothing else waits.
    """
    api = destination_of(kind.kind).facts.api
    assert api is not None
    wanted = exports(listings, f"case when i % 2 = 0 then {LOWER} else {RAISE} end")
    with Shop(kind, listings, in_memory=True) as shop, JournalTime() as journal:
        started, cpu = time.perf_counter(), time.process_time()
        shop.push(wanted)
        wall, cpu = time.perf_counter() - started, time.process_time() - cpu
        waited, requests = shop.clock.seconds, len(shop.front.ledger)
        with open_store(shop.paths.ops) as store:
            ((doubt,),) = store.query("select count(*) from push_intent where status in ('sending', 'ambiguous')")
        rate = api.requests_per_second
        return Cycle(
            kind.kind, listings, requests, len(shop.front.writes), waited, requests / rate,
            ceil(listings / api.rows_per_request) / rate, wall, cpu, journal.seconds, journal.commits, int(doubt),
        )  # fmt: skip


@dataclass(frozen=True)
class Beside:
    """The engine and a bare client that sends the same bytes to the same kind of channel; wall seconds."""

    kind: str
    listings: int
    requests: int
    engine: float
    journal: float
    engine_unsynced: float
    bare: float


def beside(kind: Kind, listings: int, runs: int) -> Beside:
    """Push without any waiting, and replay the requests that the push made; the median of some runs."""
    wanted = exports(listings, f"case when i % 2 = 0 then {LOWER} else {RAISE} end")
    taken: dict[str, list[float]] = {"engine": [], "journal": [], "unsynced": [], "bare": []}
    requests = 0
    for _ in range(runs):
        with Shop(kind, listings) as shop:
            with JournalTime() as journal:
                taken["engine"].append(_timed(partial(shop.push, wanted)))
            taken["journal"].append(journal.seconds)
            ledger = [entry.asked for entry in shop.front.ledger]
        requests = len(ledger)
        clock = VirtualClock()
        with Front(kind.channel(clock, {f"SKU-{n}": 10 for n in range(1, listings + 1)}), clock) as front:
            taken["bare"].append(_timed(partial(_replay, front.url, ledger)))
        with Shop(kind, listings) as shop, _unsynced():
            taken["unsynced"].append(_timed(partial(shop.push, wanted)))
    median = {name: statistics.median(seconds) for name, seconds in taken.items()}
    return Beside(
        kind.kind, listings, requests, median["engine"], median["journal"], median["unsynced"], median["bare"]
    )


def _replay(url: str, ledger: Sequence[Asked]) -> None:
    with httpx2.Client(base_url=url, trust_env=False) as client:
        for asked in ledger:
            headers = {k: v for k, v in asked.headers.items() if k not in ("host", "content-length", "connection")}
            client.request(asked.method, asked.path, content=asked.body, headers=headers).read()


def _unsynced() -> AbstractContextManager[None]:
    from tests.reverse_etl.campaign import quick_disk  # noqa: PLC0415 - only for this figure

    return quick_disk()


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@dataclass(frozen=True)
class Recovery:
    """Pushes killed by SIGKILL at seeded points: what the next push took, in real and in virtual seconds."""

    kind: str
    kills: int
    work_p50: float
    work_p95: float
    waited_p50: float
    waited_p95: float
    repeated_writes: float


def recovery(kind: Kind, listings: int, kills: int) -> Recovery:
    """Kill -9 a push in a child process; then push again until everything is shown."""
    choice = random.Random(kind.kind)
    wanted = exports(listings, f"case when i % 2 = 0 then {LOWER} else {RAISE} end")
    points = Points()
    with Shop(kind, listings) as shop, counting(points):
        shop.push(wanted)
        undisturbed = len(shop.front.writes)
    work, waited, repeated = [], [], []
    for _ in range(kills):
        with Shop(kind, listings) as shop:
            _killed(shop, wanted, choice.randrange(points.taken // 10, points.taken))
            before = shop.clock.seconds
            work.append(_timed(partial(shop.push, wanted)))
            waited.append(shop.clock.seconds - before)
            repeated.append(len(shop.front.writes) - undisturbed)
    return Recovery(
        kind.kind, kills, _share(work, 0.5), _share(work, 0.95), _share(waited, 0.5), _share(waited, 0.95),
        statistics.mean(repeated),
    )  # fmt: skip


def _killed(shop: Shop, wanted: duckdb.DuckDBPyConnection, point: int) -> None:
    child = os.fork()
    if child == 0:
        with counting(Points(point, lambda: os.kill(os.getpid(), signal.SIGKILL))):
            shop.push(wanted)
        os._exit(0)
    os.waitpid(child, 0)


def _share(figures: list[float], share: float) -> float:
    return sorted(figures)[min(len(figures) - 1, int(len(figures) * share))]
