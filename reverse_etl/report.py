"""What a push did, per destination and in total."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

_COUNTS = ("planned", "sent", "unchanged", "held", "rejected", "would_send")


@dataclass(frozen=True, slots=True)
class DestinationReport:
    """One run. Rows: planned = sent + unchanged + held + rejected. `would_send` counts what a dry run kept back."""

    destination: str
    kind: str
    run_id: str
    status: str
    planned: int
    sent: int
    unchanged: int
    held: int
    rejected: int
    would_send: int
    reason: str | None
    plan_hash: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PushReport:
    """All runs of one push."""

    dry_run: bool
    destinations: tuple[DestinationReport, ...]

    @property
    def planned(self) -> int:
        """Rows planned, over all destinations."""
        return self._total("planned")

    @property
    def sent(self) -> int:
        """Rows sent and acknowledged."""
        return self._total("sent")

    @property
    def unchanged(self) -> int:
        """Rows the destination shows already."""
        return self._total("unchanged")

    @property
    def held(self) -> int:
        """Rows kept back, each with its reason in the journal."""
        return self._total("held")

    @property
    def rejected(self) -> int:
        """Rows that no destination could take."""
        return self._total("rejected")

    @property
    def stopped(self) -> bool:
        """Whether a run was held, killed or failed as a whole."""
        return any(run.status in ("held", "killed", "failed") for run in self.destinations)

    def to_dict(self) -> dict[str, Any]:
        """Return totals and runs as JSON values."""
        totals = {name: self._total(name) for name in _COUNTS}
        runs = [{**asdict(run), "files": list(run.files)} for run in self.destinations]
        return {"dry_run": self.dry_run, **totals, "destinations": runs}

    def _total(self, name: str) -> int:
        return sum(int(getattr(run, name)) for run in self.destinations)
