"""An explanation in sentences: its steps, and what channels last took; every number is the build's or the journal's."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from company import ConfigurationError, Paths, load_settings
from dashboards.tiles import whole
from ops import Accepted, OpsStoreError, accepted_rows


def step_lines(steps: pd.DataFrame) -> list[str]:
    """Return a line per step (step, change_qty, end_qty, kind, words): what it does, what is left, what it means."""
    lines = []
    for row in steps.to_dict("records"):
        if row["kind"] == "total":
            said = f"**{row['step']}** {whole(row['end_qty'])}"
        else:
            sign = "+" if row["change_qty"] > 0 else "\N{MINUS SIGN}"
            said = f"**{row['step']}** {sign}{whole(abs(row['change_qty']))}, leaves {whole(row['end_qty'])}"
        lines.append(said + (f": {row['words']}" if isinstance(row["words"], str) else ""))
    return lines


def accepted_lines(home: Path, channel_account: str, listing_id: str) -> list[str]:
    """Return a line per destination of the channel that was ever sent this listing: the number it last acknowledged.

    A home without settings has no destinations; a store that cannot be read is said in a line of its own.
    """
    paths = Paths(home)
    try:
        destinations = load_settings(home).destinations
        rows = accepted_rows(paths.ops, [listing_id])
    except (ConfigurationError, OpsStoreError) as error:
        return [f"What the channel last accepted cannot be read: {error}"]
    ours = {name for name, destination in destinations.items() if destination.account == channel_account}
    return [_line(row) for row in rows if row.destination in ours]


def _line(row: Accepted) -> str:
    if row.acknowledged_at is None:
        reason = f" ({row.reason})" if row.reason else ""
        return f"`{row.destination}` has accepted nothing yet; the last attempt is {row.status}{reason}."
    return (
        f"`{row.destination}` last accepted **{whole(row.quantity)}** "
        f"({whole(row.sellable_quantity)} to sell) on {row.acknowledged_at:%Y-%m-%d %H:%M} UTC; the last attempt is {row.status}."
    )
