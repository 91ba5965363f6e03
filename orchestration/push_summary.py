"""The newest push of each destination, from the journal's mirror."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ops import RUN_COLUMNS, PushMirror

STOPPED = ("held", "killed", "failed")
"""States of a run that a person has to look at."""


@dataclass(frozen=True, slots=True)
class PushedDestination:
    """One destination's newest run; planned = sent + unchanged + held + rejected, `mode` says whether it was a dry run."""

    destination: str
    mode: str
    status: str
    planned: int
    sent: int
    unchanged: int
    held: int
    rejected: int
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


def latest_runs(mirror: PushMirror) -> dict[str, PushedDestination]:
    """Return the newest run by destination; the mirror's runs are in the order they were started."""
    latest = {}
    for row in mirror.runs:
        run = dict(zip(RUN_COLUMNS, row, strict=True))
        latest[run["destination"]] = PushedDestination(
            destination=run["destination"],
            mode=run["mode"],
            status=run["status"],
            planned=run["planned_count"] or 0,
            sent=run["sent_count"] or 0,
            unchanged=run["unchanged_count"] or 0,
            held=run["held_count"] or 0,
            rejected=run["rejected_count"] or 0,
            reason=run["reason"] or "",
        )
    return latest
