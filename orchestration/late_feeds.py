"""The demo's second question: how often does a number stand above the shelves when its feeds are late?

The availability models are built again as of hours after the reporting instant, from the same exports, and put beside what the
demo company's shelves held by then. In: a home that `tallyhouse demo` filled. Out: tallies; the published files are not touched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from company import Paths, Settings
from orchestration.moment import as_of_instant
from orchestration.past_build import Moment, past_build
from warehouse import reader

if TYPE_CHECKING:
    from collections.abc import Iterable

    from demo import LateTally


@dataclass(frozen=True, slots=True)
class _PlainPaths(Paths):
    """The home's folders, but with policies under which nothing but the allowance for late feeds holds anything back."""

    plain_policy: Path

    @property
    def policy(self) -> Path:
        return self.plain_policy


def late_feeds(settings: Settings, paths: Paths, tell: Callable[[str], None]) -> list[dict[str, Any]]:
    """Return one row per quantile and hours, and one per quantile over all hours (`hours` None), see `rates`.

    Builds as many times as hours are looked at; `tell` hears of each. Raises what `past_build` raises.
    """
    from demo import LATE_HOURS, judge_late, write_late_policy

    plain = _PlainPaths(paths.home, paths.data / "scratch" / "late_policy")
    write_late_policy(paths.home, plain.policy)
    reported = as_of_instant(settings, paths)
    tallies: list[LateTally] = []
    for hours in LATE_HOURS:
        tell(f"{hours} h later")
        past = past_build(settings, plain, Moment(reported + timedelta(hours=hours)))
        with reader(past.file) as connection:
            tallies += judge_late(paths.home, hours, connection)
    return rates(tallies)


def rates(tallies: Iterable[LateTally]) -> list[dict[str, Any]]:
    """Return the tallies as rows with `rate` and `allowed_rate`, those over all hours first; `is_kept`: no more than allowed.

    `allowed_rate` and `is_kept` are None without a quantile: nothing is promised there.
    """
    counts = ("looked", "above", "units_above", "shown", "pool")
    sums: dict[tuple[float | None, int | None], dict[str, int]] = {}
    for tally in tallies:
        for hours in (None, tally.hours):
            total = sums.setdefault((tally.quantile, hours), dict.fromkeys(counts, 0))
            for name in counts:
                total[name] += getattr(tally, name)
    rows = []
    for (quantile, hours), total in sorted(sums.items(), key=lambda entry: (entry[0][1] or 0, entry[0][0] or 0)):
        allowed = None if quantile is None else round(1 - quantile, 9)
        rate = total["above"] / total["looked"] if total["looked"] else 0.0
        is_kept = None if allowed is None else rate <= allowed
        rows.append(
            {"quantile": quantile, "hours": hours} | total | {"rate": rate, "allowed_rate": allowed, "is_kept": is_kept}
        )
    return rows
