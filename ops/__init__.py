"""The operations store: the push journal, what each destination shows, kill switches, decisions and the audit.

One SQLite file per company, `data/ops/ops.sqlite`; it outlives every warehouse build. Knows `company` only.
"""

from ops.attempts import attempt_absent, begin_attempt, confirm_attempt, confirmed_attempts, mark_ambiguous, next_part
from ops.audit import AuditVerdict, canonical_json, content_hash, verify_audit
from ops.controls import Controls, Scope, read_controls, set_kill_switch
from ops.decisions import Decision, Verdict, approve_plan, approver, latest_decisions, record_decision
from ops.journal import (
    finish_run,
    hold_intents,
    open_run,
    read_generations,
    read_shadow,
    ready_intents,
    run_counts,
    supersede_run,
    unfinished_runs,
    unsettled_decreases,
)
from ops.lease import Lease, LeaseLostError, PushBusyError, hold_lease
from ops.mirror import ROW_COLUMNS, RUN_COLUMNS, STATE_COLUMNS, PushMirror, push_mirror
from ops.records import (
    Attempt,
    Counts,
    Generation,
    Intent,
    IntentStatus,
    JournalError,
    OpenRun,
    Run,
    RunStatus,
    Shadow,
)
from ops.store import SCHEMA_VERSION, OpsStore, OpsStoreError, open_store, timestamp

__all__ = [
    "ROW_COLUMNS",
    "RUN_COLUMNS",
    "SCHEMA_VERSION",
    "STATE_COLUMNS",
    "Attempt",
    "AuditVerdict",
    "Controls",
    "Counts",
    "Decision",
    "Generation",
    "Intent",
    "IntentStatus",
    "JournalError",
    "Lease",
    "LeaseLostError",
    "OpenRun",
    "OpsStore",
    "OpsStoreError",
    "PushBusyError",
    "PushMirror",
    "Run",
    "RunStatus",
    "Scope",
    "Shadow",
    "Verdict",
    "approve_plan",
    "approver",
    "attempt_absent",
    "begin_attempt",
    "canonical_json",
    "confirm_attempt",
    "confirmed_attempts",
    "content_hash",
    "finish_run",
    "hold_intents",
    "hold_lease",
    "latest_decisions",
    "mark_ambiguous",
    "next_part",
    "open_run",
    "open_store",
    "push_mirror",
    "read_controls",
    "read_generations",
    "read_shadow",
    "ready_intents",
    "record_decision",
    "run_counts",
    "set_kill_switch",
    "supersede_run",
    "timestamp",
    "unfinished_runs",
    "unsettled_decreases",
    "verify_audit",
]
