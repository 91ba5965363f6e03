"""A new build file from the lake: for a file that is damaged, or written by an older DuckDB."""

from __future__ import annotations

from company import Paths, Settings
from orchestration.run_lock import hold
from warehouse import writer


def rebuild_build_file(settings: Settings, paths: Paths) -> None:
    """Make the raw tables, the ledger and the quarantine anew in a new file and put it in the old one's place.

    The old file stays until the new one is whole. Raises `HomeBusyError` when another process runs on this home.
    """
    from ingestion import rebuild_from_lake

    with hold(paths, "build --from-lake"):
        fresh = paths.warehouse.with_suffix(".rebuilding")
        for leftover in (fresh, fresh.with_name(fresh.name + ".wal")):
            leftover.unlink(missing_ok=True)
        limits = settings.limits
        with writer(fresh, memory_mb=limits.warehouse_memory_mb, threads=limits.warehouse_threads) as connection:
            rebuild_from_lake(connection, paths)
        paths.warehouse.with_name(paths.warehouse.name + ".wal").unlink(missing_ok=True)
        fresh.replace(paths.warehouse)
