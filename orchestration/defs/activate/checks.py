"""What is asked of a destination after each push: did it arrive, is nothing in doubt for long, does it show what was written."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import dagster as dg

from company import Paths, Settings
from ops import open_store
from orchestration.push_summary import Standing
from reverse_etl import Outbox, outbox_drift

ACKNOWLEDGED = "sent_rows_acknowledged"
NO_OLD_DOUBT = "nothing_long_in_doubt"
NO_DRIFT = "shows_what_was_written"
_SOLD = "lower_than_written"

_ABOUT = {
    ACKNOWLEDGED: "Every row that the newest push sent is known to have arrived, by receipt, answer or reading back.",
    NO_OLD_DOUBT: "No row has been in doubt for longer than limits.max_in_doubt_minutes; until it is decided nothing follows it.",
    NO_DRIFT: "No row is gone, or was last seen above what was written (lower is what sales do); no receipt has gone.",
}


def destination_check_specs(key: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    """Return the checks of one destination; none stops another destination."""
    return [dg.AssetCheckSpec(name, asset=key, description=about) for name, about in _ABOUT.items()]


def destination_checks(
    key: dg.AssetKey, standing: Standing, settings: Settings, paths: Paths, *, now: datetime | None = None
) -> list[dg.AssetCheckResult]:
    """Judge one destination after its push.

    Only doubt that no push could end fails a run: everything else is settled by the next push, or waits for a person.
    """
    health = standing.health
    minutes = health.doubt_minutes(now or datetime.now(UTC))
    limit = settings.limits.max_in_doubt_minutes
    drift: dict[str, float] = {**health.drifted_rows, **_receipt_drift(standing.destination, paths)}
    return [
        _result(
            key, ACKNOWLEDGED, health.sent_rows == health.acknowledged_rows,
            f"{health.acknowledged_rows} of {health.sent_rows} rows sent are known to have arrived",
            sent=health.sent_rows, acknowledged=health.acknowledged_rows,
        ),
        _result(
            key, NO_OLD_DOUBT, minutes <= limit,
            f"{health.in_doubt_rows} rows in doubt, the oldest for {minutes:.0f} of {limit} minutes",
            severity=dg.AssetCheckSeverity.ERROR, rows=health.in_doubt_rows, minutes=round(minutes, 1),
        ),
        _result(
            key, NO_DRIFT, not set(drift) - {_SOLD},
            ", ".join(f"{count} {kind}" for kind, count in drift.items()) or "nothing differs",
            severity=dg.AssetCheckSeverity.WARN, **drift,
        ),
    ]  # fmt: skip


def _receipt_drift(destination: str, paths: Paths) -> dict[str, int]:
    with open_store(paths.ops) as store:
        return dict(
            Counter(d.problem for d in outbox_drift(store, Outbox(paths.outbox)) if d.destination == destination)
        )


def _result(
    key: dg.AssetKey, name: str, passed: bool, description: str,
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.WARN, **metadata: float,
) -> dg.AssetCheckResult:  # fmt: skip
    return dg.AssetCheckResult(
        asset_key=key, check_name=name, passed=passed, severity=severity, description=description, metadata=metadata
    )
