"""The tables of the operations store, as an ordered list of migrations that only ever grows."""

from __future__ import annotations

from ops.schema_channels import DRIFT, PAUSES

_RUNS = (
    """create table push_run (
        run_id text primary key, destination text not null, environment text not null,
        mode text not null check (mode in ('apply', 'dry_run')),
        status text not null check (status in
            ('applying', 'planned', 'succeeded', 'partial', 'held', 'killed', 'failed', 'superseded')),
        as_of_at text, build_id text, plan_hash text not null, desired_hash text not null, epoch integer not null,
        planned_count integer not null default 0, sent_count integer not null default 0,
        unchanged_count integer not null default 0, held_count integer not null default 0,
        rejected_count integer not null default 0, superseded_count integer not null default 0,
        started_at text not null, finished_at text, reason text,
        check (finished_at is null or planned_count =
            sent_count + unchanged_count + held_count + rejected_count + superseded_count)
    ) strict""",
    "create index push_run_unfinished on push_run (destination) where finished_at is null",
    """create table push_plan (
        run_id text primary key references push_run, plan_hash text not null, desired_hash text not null,
        plan_json text not null, created_at text not null
    ) strict""",
    """create table push_attempt (
        attempt_id integer primary key, run_id text not null references push_run, destination text not null,
        part integer not null, epoch integer not null, file_name text not null, payload_hash text not null,
        idempotency_key text not null, row_count integer not null check (row_count > 0),
        status text not null check (status in ('sending', 'ambiguous', 'confirmed', 'absent')),
        reason text, started_at text not null, settled_at text, unique (run_id, part)
    ) strict""",
    """create table push_intent (
        run_id text not null references push_run, destination text not null, row_key text not null,
        generation integer not null, action text not null, risk_class integer not null, sku_id text not null,
        channel_sku text not null, target_json text not null, target_hash text not null, payload_json text not null,
        status text not null check (status in
            ('ready', 'sending', 'ambiguous', 'confirmed', 'held', 'rejected', 'superseded')),
        reason text, attempt_id integer references push_attempt, updated_at text not null,
        primary key (run_id, row_key)
    ) strict""",
    # At most one open attempt per key, and one generation of a key reaches the destination once: the store itself refuses more.
    "create unique index push_intent_one_open on push_intent (destination, row_key) where status in ('sending', 'ambiguous')",
    "create unique index push_intent_once on push_intent (destination, row_key, generation) where status = 'confirmed'",
    "create index push_intent_attempt on push_intent (attempt_id) where attempt_id is not null",
    """create table push_generation (
        destination text not null, row_key text not null, generation integer not null, target_hash text not null,
        confirmed integer not null default 0, primary key (destination, row_key)
    ) strict""",
    """create table channel_shadow (
        destination text not null, row_key text not null, generation integer not null, payload_hash text not null,
        payload_json text not null, acknowledged_at text not null, run_id text not null references push_run,
        primary key (destination, row_key)
    ) strict""",
)

_CONTROL = (
    """create table control (
        scope text not null check (scope in ('global', 'destination', 'sku')), key text not null,
        engaged integer not null check (engaged in (0, 1)), reason text not null, actor text not null,
        updated_at text not null, primary key (scope, key), check (scope <> 'global' or key = '*')
    ) strict""",
    """create table lease (
        name text primary key, epoch integer not null, host text not null, pid integer not null,
        acquired_at text not null, heartbeat_at text not null, released_at text
    ) strict""",
    """create table decision (
        decision_id integer primary key, proposal_id text not null,
        decision text not null check (decision in ('approve', 'reject', 'adjust')),
        quantity integer check (quantity >= 0), reason text not null, actor text not null, content_hash text not null,
        decided_at text not null, check ((decision = 'adjust') = (quantity is not null))
    ) strict""",
    "create index decision_proposal on decision (proposal_id, decision_id)",
    """create table plan_approval (
        approval_id integer primary key, plan_hash text not null, actor text not null, reason text not null,
        approved_at text not null, expires_at text not null
    ) strict""",
    "create index plan_approval_hash on plan_approval (plan_hash)",
)

_AUDIT = (
    """create table audit (
        seq integer primary key, at text not null, actor text not null, event text not null, body text not null,
        previous_hash text not null, hash text not null unique
    ) strict""",
    "create table audit_head (id integer primary key check (id = 1), seq integer not null, hash text not null) strict",
    f"insert into audit_head values (1, 0, '{'0' * 64}')",
)


# A file is whole or absent; an API answers row by row, late, or not at all, so its rows settle one by one.
_WIRE = (
    "alter table push_attempt add column transport text not null default 'file'",
    "alter table push_attempt add column submission_id text",
    "alter table push_attempt add column drain_until text",
    "alter table push_intent add column evidence text",
    "alter table push_intent add column tries integer not null default 0",
    """create table channel_observation (
        observation_id integer primary key, destination text not null, row_key text not null, quantity integer,
        expected_quantity integer, cause text not null check (cause in ('base', 'read_back', 'reconcile')),
        drift text, run_id text, observed_at text not null
    ) strict""",
    "create index channel_observation_key on channel_observation (destination, row_key, observation_id)",
    """create table channel_address (
        destination text not null, row_key text not null, lookup_hash text not null, address_json text not null,
        found_at text not null, primary key (destination, row_key)
    ) strict""",
    """create table dead_letter_release (
        release_id integer primary key, destination text not null, row_key text not null, generation integer not null,
        actor text not null, reason text not null, released_at text not null
    ) strict""",
    """create table breaker (
        destination text primary key, state text not null check (state in ('closed', 'open', 'auth')),
        failures integer not null, recent text not null, opened_at text, reason text, updated_at text not null
    ) strict""",
)

# A proposal is sent by way of the journal: its row key is the proposal's id. What leaves is what was approved.
_PURCHASING = (
    "alter table push_run add column requested_by text",
    "alter table plan_approval add column countersign_by text",
    """create table countersign (
        approval_id integer primary key references plan_approval, actor text not null, reason text not null,
        countersigned_at text not null
    ) strict""",
    """create table proposal (
        proposal_id text primary key, exported_id text not null, supplier_id text not null, sku_id text not null,
        location_id text not null, destination text not null,
        state text not null check (state in ('draft', 'submitted', 'approved', 'queued', 'sent', 'acknowledged', 'closed',
            'rejected', 'withdrawn', 'expired', 'superseded')),
        revision integer not null, content_json text not null, content_hash text not null, source_hash text not null,
        author text not null, last_editor text not null, approvals_needed integer not null default 1, expires_at text,
        answer text check (answer in ('accepted', 'changed', 'refused', 'ordered')), reference text,
        answered_qty integer check (answered_qty >= 0), reason text, created_at text not null, updated_at text not null,
        check (state not in ('submitted', 'approved', 'queued') or expires_at is not null)
    ) strict""",
    """create unique index proposal_one_unsent on proposal (supplier_id, sku_id, location_id)
        where state in ('draft', 'submitted', 'approved', 'queued')""",
    "create index proposal_exported on proposal (exported_id)",
    "create index proposal_pool on proposal (supplier_id, sku_id, location_id, state)",
    """create table proposal_revision (
        proposal_id text not null references proposal, revision integer not null, content_json text not null,
        content_hash text not null, editor text not null, reason text not null, edited_at text not null,
        primary key (proposal_id, revision)
    ) strict""",
    """create table proposal_approval (
        approval_id integer primary key, proposal_id text not null references proposal, content_hash text not null,
        actor text not null, reason text not null, approved_at text not null, expires_at text not null,
        check (actor <> 'tallyhouse')
    ) strict""",
    "create index proposal_approval_of on proposal_approval (proposal_id, content_hash)",
    """create table proposal_receipt (
        receipt_id integer primary key, destination text not null, file_name text not null, sha256 text not null,
        rows_count integer not null, problems_json text not null, read_at text not null,
        unique (destination, file_name, sha256)
    ) strict""",
    """create trigger push_intent_only_queued before update of status on push_intent
        when new.status = 'sending' and exists (select 1 from proposal p where p.proposal_id = new.row_key
            and p.destination = new.destination and p.state <> 'queued')
        begin select raise(abort, 'a proposal leaves only while it is queued'); end""",
)

# Some channels take only so many changes of one listing in a day.
_REVISIONS = (
    "create table channel_revision (destination text not null, listing text not null, revised_at text not null) strict",
    "create index channel_revision_lately on channel_revision (destination, revised_at)",
)

# Partners refuse, or take twice, a document whose number they have seen.
_DOCUMENTS = (
    """create table document_number (
        sequence text not null, number integer not null, destination text not null, run_id text not null,
        part integer not null, given_at text not null, primary key (sequence, number), unique (sequence, run_id, part)
    ) strict""",
)

# A destination that takes one row at a time asks for the next one ten thousand times.
_READY = ("create index push_intent_ready on push_intent (run_id, risk_class, row_key) where status = 'ready'",)
# Where the round of reading back has come to, by destination.
_ROUNDS = (
    "create table reading_round (destination text primary key, row_key text not null, read_at text not null) strict",
)

# What was read of a row that we never wrote is known as well; no run of ours stands behind it.
_READ_FIRST = (
    """create table channel_shadow_read (
        destination text not null, row_key text not null, generation integer not null, payload_hash text not null,
        payload_json text not null, acknowledged_at text not null, run_id text references push_run,
        primary key (destination, row_key)
    ) strict""",
    """insert into channel_shadow_read
        select destination, row_key, generation, payload_hash, payload_json, acknowledged_at, run_id from channel_shadow""",
    "drop table channel_shadow",
    "alter table channel_shadow_read rename to channel_shadow",
)


def _append_only(table: str) -> tuple[str, str]:
    return (
        f"create trigger {table}_no_update before update on {table} begin select raise(abort, '{table} is append-only'); end",
        f"create trigger {table}_no_delete before delete on {table} begin select raise(abort, '{table} is append-only'); end",
    )


MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        *_RUNS,
        *_CONTROL,
        *_AUDIT,
        *_append_only("audit"),
        *_append_only("decision"),
        *_append_only("push_plan"),
        *_append_only("plan_approval"),
    ),
    (*_WIRE, *_append_only("channel_observation"), *_append_only("dead_letter_release")),
    (
        *_PURCHASING,
        *_append_only("countersign"),
        *_append_only("proposal_revision"),
        *_append_only("proposal_approval"),
        *_append_only("proposal_receipt"),
    ),
    _REVISIONS,
    (*_DOCUMENTS, *_append_only("document_number")),
    _READY,
    _ROUNDS,
    _READ_FIRST,
    (*DRIFT, *_append_only("channel_drift")),
    PAUSES,
)
"""Statements by schema version, oldest first; a released entry is never edited, a change is a new entry."""
