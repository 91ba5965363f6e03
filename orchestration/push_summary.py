"""Where each destination stands after its newest push, and what a person has to do where one waits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from ops import PushHealth, RunView, open_store, push_health, read_breaker, recent_runs

State = Literal[
    "never_pushed", "up_to_date", "partly_held", "waits_for_approval", "waits_for_person", "stopped", "left_alone", "failed"
]  # fmt: skip
"""`stopped` by a kill switch, `left_alone` while its breaker is open. One that waits is as it should be until a person comes."""

WENT_WRONG: tuple[State, ...] = ("stopped", "left_alone", "failed")


@dataclass(frozen=True, slots=True)
class Standing:
    """One destination: its newest run, None before the first, and how it stands over all of them."""

    destination: str
    run: RunView | None
    health: PushHealth
    breaker: str = "closed"

    @property
    def state(self) -> State:
        """Where the destination stands after its newest run."""
        run = self.run
        if run is None:
            return "never_pushed"
        if run.status in ("failed", "killed"):
            return "failed" if run.status == "failed" else "stopped"
        if self.breaker != "closed":
            return "left_alone"
        if run.status == "held":
            return "waits_for_approval"
        if not run.held:
            return "up_to_date"
        return "waits_for_person" if run.mode == "dry_run" else "partly_held"

    @property
    def awaited(self) -> str | None:
        """The command by which a person lets the destination go on; None when it waits for nobody."""
        if self.run is not None and self.state == "waits_for_approval":
            return f"tallyhouse push approve {self.run.plan_hash[:12]} --reason WHY"
        if self.state == "waits_for_person":
            return f"tallyhouse push apply --destination {self.destination}"
        return None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; rows of the run: planned = sent + unchanged + held + rejected + superseded."""
        run = {} if self.run is None else asdict(self.run)
        return {**run, "destination": self.destination, "state": self.state, "awaited": self.awaited}


def standings(ops_store: Path, destinations: Iterable[str]) -> dict[str, Standing]:
    """Return where each of the destinations stands, in their order."""
    with open_store(ops_store) as store:
        return {
            name: Standing(
                name,
                next(iter(recent_runs(store, destination=name, limit=1)), None),
                push_health(store, name),
                read_breaker(store, name).state,
            )
            for name in destinations
        }
