"""Who may run beside whom: every step waits for the one slot of its pool. The committed dagster.yaml gives each pool one."""

from __future__ import annotations

from company import Destination

WAREHOUSE_WRITER = "warehouse_writer"
"""Every step that opens the build file."""


def channel_pool(name: str, destination: Destination) -> str:
    """Return the pool of every step that pushes to the same channel account; a destination without one is its own channel."""
    return f"channel_{destination.account or name}"
