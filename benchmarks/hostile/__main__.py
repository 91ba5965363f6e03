"""`python -m benchmarks.hostile [--every N]`: what each reader does with every hostile file, as a table in Markdown."""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from benchmarks.hostile.account import read
from benchmarks.hostile.cells import cell_cases
from benchmarks.hostile.files import file_cases
from benchmarks.hostile.good import good_files
from benchmarks.hostile.judge import differences
from benchmarks.hostile.peers import ERROR, PEERS, RIGHT, WRONG, verdict
from benchmarks.hostile.truth import Case, Judged, Refused

OURS = "Tallyhouse"


def main() -> None:
    """Read every case with every reader and print one line per input."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile")
    parser.add_argument("--every", type=int, default=1, help="take every N-th feed")
    asked = parser.parse_args()
    found: dict[tuple[int, str], dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    does: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    with tempfile.TemporaryDirectory(prefix="tallyhouse-hostile-") as folder:
        path = Path(folder) / "file.csv"
        for good in good_files()[:: asked.every]:
            for case in (*file_cases(good), *cell_cases(good)):
                key = case.number, case.title
                ours = read(path, case.content, good.system)
                found[key][OURS][WRONG if differences(case, ours) else RIGHT] += 1
                does[key][_expected(case)] += 1
                for name, peer in PEERS.items():
                    found[key][name][verdict(case, path, peer)] += 1
    names = [OURS, *PEERS]
    print("| # | Input | Feeds | Ours does | " + " | ".join(names) + " |")
    print("|---|---|---|---|" + "---|" * len(names))
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for (number, title), counts in sorted(found.items()):
        for name in names:
            totals[name] += counts[name]
        done = ", ".join(outcome for outcome, _ in does[number, title].most_common())
        shown = " | ".join(_shown(counts[name]) for name in names)
        print(f"| {number} | {title} | {counts[OURS].total()} | {done} | {shown} |")
    print(f"| | **all** | {totals[OURS].total()} | | " + " | ".join(_shown(totals[name]) for name in names) + " |")


def _expected(case: Case) -> str:
    if case.held:
        return "file held"
    if any(isinstance(record, Refused) for record in case.records):
        return "record refused"
    return "cell by its rule" if any(isinstance(record, Judged) for record in case.records) else "loaded exactly"


def _shown(counts: Counter[str]) -> str:
    """Return right / error / silently wrong."""
    return " / ".join(str(counts[kind]) for kind in (RIGHT, ERROR, WRONG))


if __name__ == "__main__":
    main()
