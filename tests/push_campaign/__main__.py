"""`python -m tests.push_campaign`: the whole fault campaign, or a piece of it, and its page.

Exit code 1 when anything was lost, doubled, wrong in the end, or without a journal row.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

from tests.push_campaign import report
from tests.push_campaign.run import trials_at_once
from tests.reverse_etl.channels import KINDS

PAGE = Path("docs/push-campaign.md")


def main() -> int:
    """Run the kinds asked for, keep each one's figures, and write the page from all that are kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.push_campaign", description=__doc__)
    parser.add_argument("--kind", action="append", help="only this kind of destination; may be repeated")
    parser.add_argument("--seeds", type=int, nargs=2, default=(0, 1), metavar=("FROM", "TO"))
    parser.add_argument("--every", type=int, default=1, help="only every n-th kill point, beginning at a seeded one")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="trials at a time")
    parser.add_argument("--keep", type=Path, default=Path("data/push-campaign"), help="where the figures are kept")
    parser.add_argument("--write-only", action="store_true", help="run nothing, write the page from what is kept")
    asked = parser.parse_args()
    asked.keep.mkdir(parents=True, exist_ok=True)
    for kind in KINDS if not asked.write_only else ():
        if asked.kind and kind.kind not in asked.kind:
            continue
        started, seeds = time.monotonic(), range(*asked.seeds)
        found = trials_at_once(kind, seeds, every=asked.every, processes=asked.processes)
        figures = report.piece(kind.kind, seeds, asked.every, found)
        for earlier in asked.keep.glob(f"{kind.kind}-{seeds.start}-{seeds.stop}-*.json"):
            earlier.unlink()  # of another stride: its trials would be counted twice
        name = f"{kind.kind}-{seeds.start}-{seeds.stop}-{asked.every}.json"
        (asked.keep / name).write_text(json.dumps(figures), encoding="utf-8")
        count = sum(row["trials"] for row in figures["faults"].values())
        print(f"{kind.kind}: {count} trials in {time.monotonic() - started:.0f} s, {len(figures['problems'])} problems")
        print("".join(f"  {problem}\n" for problem in figures["problems"][:20]), end="", flush=True)
    pieces = report.load(asked.keep)
    report.write(pieces, PAGE)
    return 1 if any(one["problems"] for one in pieces) else 0


if __name__ == "__main__":
    sys.exit(main())
