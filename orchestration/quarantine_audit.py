"""Acts about quarantine, from the books of ingestion into the audit of the operations store."""

from __future__ import annotations

from datetime import UTC

from company import Paths, Settings


def audit_acts(settings: Settings, paths: Paths) -> int:
    """Add every act that the audit does not have yet, those of an interrupted command too; return how many."""
    from ingestion.acts import opened
    from ingestion.waiting import acts_of
    from ops import audit_quarantine_acts, open_store, timestamp

    with opened(settings, paths) as connection:
        acts = acts_of(connection)
    if not acts:
        return 0
    with open_store(paths.ops) as store:
        return audit_quarantine_acts(
            store,
            (
                {
                    **{k: v for k, v in act.items() if k != "acted_at"},
                    "at": timestamp(act["acted_at"].replace(tzinfo=UTC)),
                }
                for act in acts
            ),
        )
