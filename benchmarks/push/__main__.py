"""`python -m benchmarks.push [cycle|beside|recovery ...]`: print the figures of docs/benchmarks-push.md."""

from __future__ import annotations

import argparse
import os

from benchmarks.push.measures import beside, cycle, recovery
from tests.reverse_etl import channels

FIVE = (channels.SHOPIFY, channels.WOOCOMMERCE, channels.EBAY, channels.AMAZON_FEED, channels.WALMART)
QUICK = (channels.SHOPIFY, channels.WOOCOMMERCE)


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.push", description=__doc__)
    parser.add_argument("what", nargs="*", choices=["cycle", "beside", "recovery", []], default=[])
    parser.add_argument("--listings", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    what = asked.what or ["cycle", "beside", "recovery"]
    print(f"load at the start: {', '.join(f'{load:.1f}' for load in os.getloadavg())}; {os.cpu_count()} cores")
    if "cycle" in what:
        _cycles(asked.listings)
    if "beside" in what:
        _besides(asked.listings, asked.runs)
    if "recovery" in what:
        _recoveries(asked.kills)


def _cycles(listings: int) -> None:
    print(f"\n{listings:,} listings, all changed, nothing known before\n{'':26}{'requests':>9}{'writes':>8}{'waited s':>10}"
          f"{'least s':>10}{'ratio':>7}{'writes alone':>14}{'wall s':>8}{'cpu s':>7}{'journal s':>11}{'commits':>9}"
          f"{'in doubt':>10}")  # fmt: skip
    total = [0.0, 0.0]
    for kind in FIVE:
        c = cycle(kind, listings)
        total = [total[0] + c.waited, total[1] + c.least]
        print(f"{c.kind:26}{c.requests:9,}{c.writes:8,}{c.waited:10,.0f}{c.least:10,.0f}{c.waited / c.least:7.2f}"
              f"{c.least_writes:14,.0f}{c.wall:8.1f}{c.cpu:7.1f}{c.journal:11.2f}{c.commits:9,}{c.in_doubt:10,}",
              flush=True)  # fmt: skip
    print(f"one after the other: {total[0]:,.0f} s, the limits alone {total[1]:,.0f} s")


def _besides(listings: int, runs: int) -> None:
    print(f"\n{listings:,} listings, no waiting, median of {runs}\n{'':26}{'requests':>9}{'engine s':>10}{'bare s':>8}"
          f"{'ratio':>7}{'journal s':>11}{'share':>7}{'unsynced s':>12}")  # fmt: skip
    for kind in QUICK:
        b = beside(kind, listings, runs)
        print(f"{b.kind:26}{b.requests:9,}{b.engine:10.2f}{b.bare:8.2f}{b.engine / b.bare:7.2f}{b.journal:11.2f}"
              f"{b.journal / b.engine:7.0%}{b.engine_unsynced:12.2f}", flush=True)  # fmt: skip


def _recoveries(kills: int) -> None:
    print(f"\n200 listings, {kills} pushes killed by SIGKILL at seeded points, then one push\n{'':26}{'work p50':>10}"
          f"{'p95 s':>8}{'waited p50':>12}{'p95 s':>8}{'more writes':>13}")  # fmt: skip
    for kind in FIVE:
        r = recovery(kind, 200, kills)
        print(f"{r.kind:26}{r.work_p50:10.2f}{r.work_p95:8.2f}{r.waited_p50:12.0f}{r.waited_p95:8.0f}"
              f"{r.repeated_writes:13.1f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
