"""The audit: every act that changes what may be pushed, each row bound to the one before it by its hash.

A row's hash covers the previous hash and its own content as canonical JSON; the head row names the newest. Whoever can
write the file can also rewrite the whole chain: keep a printed head elsewhere to notice that.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from company import Actor
from ops.store import OpsStore

_GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """What `verify_audit` found: rows read, the newest hash, and the first row that does not fit (None when all do)."""

    rows: int
    head: str
    first_bad_seq: int | None = None
    reason: str | None = None

    @property
    def intact(self) -> bool:
        """Whether every row fits."""
        return self.first_bad_seq is None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row of the audit, as it is hashed; key (seq)."""

    seq: int
    at: str
    actor: str
    event: str
    body: str
    previous_hash: str
    hash: str


def canonical_json(value: Any) -> str:
    """Return the one text of a JSON value: sorted keys, no blanks. Raises TypeError or ValueError for anything else."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def content_hash(value: Any) -> str:
    """Return the SHA-256 (hex) of the canonical JSON of `value`."""
    return hashlib.sha256(canonical_json(value).encode("utf-8")).hexdigest()


def append_audit(connection: sqlite3.Connection, *, at: str, actor: str, event: str, body: Mapping[str, Any]) -> None:
    """Add one row and move the head, inside the caller's transaction, so that an act and its record are one commit."""
    seq, previous = connection.execute("select seq, hash from audit_head where id = 1").fetchone()
    text = canonical_json(body)
    digest = content_hash([previous, seq + 1, at, actor, event, text])
    connection.execute(
        "insert into audit values (?, ?, ?, ?, ?, ?, ?)", (seq + 1, at, actor, event, text, previous, digest)
    )
    connection.execute("update audit_head set seq = ?, hash = ? where id = 1", (seq + 1, digest))


def verify_audit(store: OpsStore) -> AuditVerdict:
    """Walk the whole chain and name the first row that was changed, removed or moved."""
    previous, expected = _GENESIS, 1
    for seq, at, actor, event, body, stated, digest in store.query("select * from audit order by seq"):
        if seq != expected:
            return AuditVerdict(expected - 1, previous, expected, f"row {expected} is missing")
        if stated != previous:
            return AuditVerdict(expected - 1, previous, seq, "the row does not follow the one before it")
        if digest != content_hash([previous, seq, at, actor, event, body]):
            return AuditVerdict(expected - 1, previous, seq, "the row's content does not match its hash")
        previous, expected = digest, expected + 1
    head = store.query("select seq, hash from audit_head where id = 1")
    if head != [(expected - 1, previous)]:
        return AuditVerdict(expected - 1, previous, expected, "the newest rows are missing: the head names another row")
    return AuditVerdict(expected - 1, previous)


def audit_rows(store: OpsStore, *, actor: Actor, since_seq: int = 0) -> list[AuditRow]:
    """Return the rows after `since_seq`, for an auditor or admin to keep elsewhere; raises `NotAllowedError` for others."""
    actor.must("audit")
    return [AuditRow(*row) for row in store.query("select * from audit where seq > ? order by seq", (since_seq,))]
