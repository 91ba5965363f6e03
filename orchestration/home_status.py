"""What a home looks like now: the published version, the refusal, the last run, the feeds. Reads only."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import duckdb

from company import Paths
from orchestration.run_lock import holder
from orchestration.silence import silences
from warehouse import current_serving, reader

LAST_RUN = "last_run.json"
_FEEDS = """
    select account, entity, files_count, rows_in_count, rows_loaded_count, rows_quarantined_count, newest_exported_at, status,
        cadence_hours
    from reports.rpt_data_health_feeds order by account, entity
"""
_FEED_NAMES = (
    "account",
    "entity",
    "files",
    "rows_in",
    "loaded",
    "quarantined",
    "newest_exported_at",
    "status",
    "cadence_hours",
)


def home_status(paths: Paths) -> dict[str, Any]:
    """Return {published, refused, last_run, running, feeds, silent}; empty parts where nothing has happened yet."""
    serving = current_serving(paths)
    document: dict[str, Any] = {
        "home": str(paths.home),
        "published": None,
        "refused": [],
        "last_run": _last_run(paths),
        "running": holder(paths),
        "feeds": [],
        "silent": [],
    }
    if serving is None:
        return document
    age = datetime.now(UTC) - serving.built_at
    document["published"] = {
        "build_id": serving.build_id,
        "built_at": serving.built_at.isoformat(),
        "as_of": serving.as_of.isoformat(),
        "age_minutes": int(age.total_seconds() // 60),
        "file": str(serving.file),
        "tables": len(serving.tables),
        "older_tables": len(serving.older_tables),
        "whole_as_of": serving.whole_as_of.isoformat(),
    }
    document["refused"] = list(serving.refused.reasons) if serving.refused else []
    if "reports.rpt_data_health_feeds" in serving.tables:
        with reader(serving.file) as connection:
            document["feeds"] = _feeds(connection)
        document["silent"] = list(silences(document["feeds"]))
    return document


def _feeds(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    rows = connection.execute(_FEEDS).fetchall()
    return [dict(zip(_FEED_NAMES, row, strict=True)) for row in rows]


def _last_run(paths: Paths) -> dict[str, Any] | None:
    path = paths.ops.parent / LAST_RUN
    if not path.is_file():
        return None
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document
