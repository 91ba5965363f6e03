"""Whatever leaves, is called off, fails or dies in between: each parcel line is told once, and none that is not to leave."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from reverse_etl import PushReport
from tests.emulators.front import Answer, Fault
from tests.reverse_etl.campaign import Killed, Steps, dying, killed
from tests.reverse_etl.dispatch import KINDS, WOOCOMMERCE, Dispatch, Parcel, ParcelKind

ORDERED = {"1": {"SKU-1": 3, "SKU-2": 1}, "2": {"SKU-1": 2}}
MEMORY_DISK = Path("/dev/shm")
FAULTS = {
    "lost": Fault("no", "reset"),
    "unanswered": Fault("yes", "reset"),
    "half": Fault("yes", "cut"),
    "late": Fault("late", "close", delay=25),
    "down": Fault("no", Answer(503, b"")),
    "failing": Fault("yes", Answer(500, b"")),
    "busy": Fault("no", Answer(429, b"", {"retry-after": "3"})),
}
LINES = st.sampled_from([(order, sku) for order, skus in ORDERED.items() for sku in skus])
UNITS = st.integers(1, 2)
STEP = st.one_of(
    st.tuples(st.just("ship"), LINES, UNITS, st.sampled_from(["T1", "T2", "T3"])),
    st.tuples(st.just("ship"), LINES, UNITS, st.sampled_from(["T1", "T2", "T3"])),
    st.tuples(st.just("cancel"), LINES, UNITS),
    st.tuples(st.just("hand"), LINES, UNITS),
    st.tuples(st.just("build")),
    st.tuples(st.just("push"), st.sampled_from(sorted(FAULTS)) | st.none()),
    st.tuples(st.just("push"), st.sampled_from(sorted(FAULTS)) | st.none()),
    st.tuples(st.just("die"), st.integers(1, 40)),
    st.tuples(st.just("wait"), st.sampled_from([10, 1000])),
)


@dataclass
class History:
    """What the warehouse shipped, and what the newest build wants told: the rule of the export, in a second statement."""

    dispatch: Dispatch
    shipped: list[Parcel] = field(default_factory=list)
    wanted: list[dict[str, Any]] = field(default_factory=list)

    def ship(self, line: tuple[str, str], units: int, tracking: str) -> None:
        parcel = (*line, f"{tracking}-{line[0]}", units)
        if parcel[:3] not in [known[:3] for known in self.shipped]:
            self.shipped.append(parcel)

    def cancel(self, line: tuple[str, str], units: int) -> None:
        self.dispatch.channel.cancel(*line, units)

    def hand(self, line: tuple[str, str], units: int) -> None:
        """Somebody tells the channel himself, without a number; a WooCommerce shop has no place for that."""
        if self.dispatch.kind is not WOOCOMMERCE and (units := min(units, self.dispatch.channel.open(*line))) > 0:
            self.dispatch.channel.fulfil_by_hand(*line, units)

    def build(self) -> None:
        """Want each parcel, in the order in which they left, that the channel does not know and that still fits."""
        channel = self.dispatch.channel
        acknowledged = {key for (key,) in self.dispatch.query("select row_key from channel_shadow")}
        self.wanted = []
        for line in {parcel[:2] for parcel in self.shipped}:
            allowed = channel.ordered[line[0]][line[1]] - channel.cancelled.get(line, 0)
            elsewhere = sum(units for *where, number, units in channel.effects if (*where,) == line and not number)
            parcels = [(parcel, self.dispatch.row(parcel)) for parcel in self.shipped if parcel[:2] == line]
            told = sum(parcel[3] for parcel, row in parcels if row["confirmation_id"] in acknowledged)
            running = 0
            for parcel, row in parcels:
                if row["confirmation_id"] in acknowledged:
                    continue
                running += parcel[3]
                if running - parcel[3] >= elsewhere and told + max(running, elsewhere) <= allowed:
                    self.wanted.append(row | {"elsewhere_listing_qty": elsewhere})

    def push(self, fault: str | None = None) -> PushReport:
        self.dispatch.front.write_faults = [FAULTS[fault]] if fault else []
        return self.dispatch.push(*self.wanted)

    def die(self, step: int) -> None:
        """Push, and end the process at that step."""
        self.dispatch.front.write_faults = []
        try:
            with dying(Steps(step, killed)):
                self.dispatch.push(*self.wanted)
        except Killed:
            event("died")

    def wait(self, seconds: int) -> None:
        self.dispatch.clock.sleep(seconds)

    def settle(self) -> None:
        """Let everything come to rest."""
        for _ in range(4):
            self.dispatch.clock.sleep(3600)
            self.build()
            self.push()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, min_size=4, max_size=14))
def test_any_history_tells_each_parcel_line_once_and_none_that_was_called_off(
    kind: ParcelKind, steps: list[tuple[Any, ...]]
) -> None:
    disk = MEMORY_DISK if os.access(MEMORY_DISK, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=disk) as folder, mock.patch.dict(os.environ, {"EMULATED_KEY": kind.secret}):
        history = History(Dispatch(Path(folder) / "home", kind, ORDERED))
        with history.dispatch.front:
            history.dispatch.configure()
            for name, *arguments in steps:
                getattr(history, name)(*arguments)
                history.dispatch.assert_sound()
            history.settle()
            assert_told(history)


def assert_told(history: History) -> None:
    """Every parcel line that may be told was told once, with its own units; nothing else was; nothing is left to do."""
    dispatch = history.dispatch
    dispatch.assert_sound()
    assert dispatch.query("select row_key, status from push_intent where status in ('sending', 'ambiguous')") == []
    effects = Counter(effect for effect in dispatch.channel.effects if effect[2])
    assert set(effects.values()) <= {1}
    assert set(effects) <= set(history.shipped)
    history.build()
    assert history.wanted == [], "something that is due was not told"
    acknowledged = {str(key) for (key,) in dispatch.query("select row_key from channel_shadow")}
    assert acknowledged == {dispatch.row(parcel)["confirmation_id"] for parcel in effects}
    writes = len(dispatch.front.writes)
    assert dispatch.push(*[dispatch.row(parcel) for parcel in effects]).sent == 0
    assert len(dispatch.front.writes) == writes
    event(f"told {len(effects)}")
