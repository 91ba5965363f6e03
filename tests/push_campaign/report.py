"""The campaign's figures: kept as JSON while it runs in pieces, and written as tables."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.push_campaign.faults import TITLES, VARIANTS, reasons_against
from tests.push_campaign.oracle import COUNTS
from tests.push_campaign.run import Done
from tests.reverse_etl.channels import KINDS

MARK = "<!-- figures: written by `make campaign-push` -->"
SHORT = {
    "shopify_inventory_api": "Shopify", "woocommerce_stock_api": "WooCommerce", "ebay_stock_api": "eBay",
    "amazon_listings_api": "Amazon listings", "walmart_inventory_api": "Walmart", "amazon_listings_feed_api": "Amazon feeds",
    "medusa_inventory_api": "Medusa",
}  # fmt: skip


def piece(kind: str, seeds: range, every: int, done: Iterable[Done]) -> dict[str, Any]:
    """Count the trials of one kind, by fault."""
    faults: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(("trials", "kills", "pushes", *COUNTS), 0))
    problems: list[str] = []
    for one in done:
        row = faults[one.fault]
        row["trials"] += 1
        row["kills"] += one.point is not None
        row["pushes"] = max(row["pushes"], one.settling_pushes)
        for count in COUNTS:
            row[count] += bool(one.problems[count])
        problems += [f"F{one.fault} {one.variant}, point {one.point} ({one.name}): {problem}" for problem in one.all]
    return {
        "kind": kind, "seeds": [seeds.start, seeds.stop], "every": every,
        "faults": {str(number): row for number, row in faults.items()}, "problems": problems,
    }  # fmt: skip


def write(pieces: list[dict[str, Any]], page: Path) -> None:
    """Put the tables after the mark of the page; everything before it stays."""
    text = page.read_text(encoding="utf-8")
    page.write_text(text.split(MARK)[0] + MARK + "\n\n" + tables(pieces), encoding="utf-8")


def tables(pieces: list[dict[str, Any]]) -> str:
    kinds = [kind.kind for kind in KINDS if any(one["kind"] == kind.kind for one in pieces)]
    names = [SHORT.get(kind, kind) for kind in kinds]
    lines = [_summary(pieces), "", f"| | Fault | Ways | {' | '.join(names)} |", "|---|---|---|" + "---|" * len(kinds)]
    for number, title in TITLES.items():
        ways = sum(variant.fault == number for variant in VARIANTS)
        cells = [_cell(pieces, kind, number) for kind in kinds]
        lines.append(f"| F{number} | {title} | {ways or '-'} | {' | '.join(cells)} |")
    lines.append(f"| | killed at | | {' | '.join(_points(pieces, kind) for kind in kinds)} |")
    totals = [f"**{_sum(pieces, kind, 'trials'):,}**" for kind in kinds]
    return (
        "\n".join([*lines, f"| | **trials** | {len(VARIANTS)} | {' | '.join(totals)} |", "", *_reasons(kinds)]) + "\n"
    )


def _summary(pieces: list[dict[str, Any]]) -> str:
    total = {name: sum(_sum(pieces, one["kind"], name, one) for one in pieces) for name in ("trials", "kills", *COUNTS)}
    seeds = sorted({seed for one in pieces for seed in range(*one["seeds"])})
    wrong = ", ".join(f"{name} {total[name]}" for name in COUNTS)
    problems = [problem for one in pieces for problem in one["problems"]]
    said = "".join(f"\n- {problem}" for problem in problems[:20])
    return f"**{total['trials']:,} trials, {total['kills']:,} of them killed, seeds {seeds}: {wrong}.**{said}"


def _points(pieces: list[dict[str, Any]], kind: str) -> str:
    steps = {one["every"] for one in pieces if one["kind"] == kind}
    return "; ".join("every point" if step == 1 else f"one point in {step}" for step in sorted(steps))


def _sum(pieces: list[dict[str, Any]], kind: str, name: str, only: dict[str, Any] | None = None) -> int:
    chosen = [only] if only else [one for one in pieces if one["kind"] == kind]
    return sum(row[name] for one in chosen for row in one["faults"].values())


def _cell(pieces: list[dict[str, Any]], kind: str, fault: int) -> str:
    rows = [one["faults"][str(fault)] for one in pieces if one["kind"] == kind and str(fault) in one["faults"]]
    if not rows:
        return "n/a"
    wrong = sum(row[count] for row in rows for count in COUNTS)
    return f"{sum(row['trials'] for row in rows):,}" + (f" (**{wrong} wrong**)" if wrong else "")


def _reasons(kinds: list[str]) -> list[str]:
    against: dict[tuple[int, str], list[str]] = defaultdict(list)
    for kind in KINDS:
        if kind.kind in kinds:
            for number, reason in reasons_against(kind).items():
                against[number, reason].append(SHORT.get(kind.kind, kind.kind))
    lines = [f"- F{n}, {', '.join(who)}: {why}." for (n, why), who in sorted(against.items()) if len(who) < len(kinds)]
    everywhere = [f"- F{n}: {why}." for (n, why), who in sorted(against.items()) if len(who) == len(kinds)]
    return ["Not applicable:", "", *lines, *everywhere]


def load(folder: Path) -> list[dict[str, Any]]:
    """Read the pieces that were kept."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
