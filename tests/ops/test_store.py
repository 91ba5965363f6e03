"""Opening, refusing, migrating; the audit chain; switches; the lease."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from company import Actor
from ops import (
    Controls,
    LeaseLostError,
    OpsStoreError,
    PushBusyError,
    finish_run,
    hold_lease,
    open_store,
    push_mirror,
    read_controls,
    set_kill_switch,
    verify_audit,
)
from ops.schema import _READ_FIRST, MIGRATIONS
from ops.store import SCHEMA_VERSION, journal_mode

ANA = Actor("ana", frozenset({"operator"}))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ops" / "ops.sqlite"


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "truncate"), ((3, 44, 5), "truncate"), ((3, 44, 6), "wal"), ((3, 45, 0), "truncate"),
        ((3, 50, 6), "truncate"), ((3, 50, 7), "wal"), ((3, 51, 0), "truncate"), ((3, 51, 2), "truncate"),
        ((3, 51, 3), "wal"), ((4, 0, 0), "wal"),
    ],
)  # fmt: skip
def test_a_write_ahead_log_only_where_its_bug_is_fixed(version, mode):
    assert journal_mode(version) == mode


def test_the_store_is_durable_private_and_stays(path):
    with open_store(path) as store:
        assert store.query("pragma synchronous") == [(2,)]
        assert store.query("pragma journal_mode") == [(journal_mode(sqlite3.sqlite_version_info),)]
        assert store.query("pragma user_version") == [(SCHEMA_VERSION,)]
        set_kill_switch(store, "global", "*", engaged=True, reason="test", actor=ANA)
    assert path.stat().st_mode & 0o077 == 0
    with open_store(path) as store:
        assert read_controls(store) == Controls(everything=True)


def test_a_newer_store_is_refused_with_what_to_do(path):
    with open_store(path) as store:
        store.query(f"pragma user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(OpsStoreError, match=r"newer Tallyhouse .* Update Tallyhouse"), open_store(path):
        pass


def test_what_is_known_to_be_shown_survives_the_update_that_lets_it_be_read_first(path, monkeypatch):
    older = MIGRATIONS.index(_READ_FIRST)
    with monkeypatch.context() as before:
        before.setattr("ops.store.MIGRATIONS", MIGRATIONS[:older])
        before.setattr("ops.store.SCHEMA_VERSION", older)
        with open_store(path) as store:
            store.query(
                "insert into push_run (run_id, destination, environment, mode, status, plan_hash, desired_hash, epoch,"
                " started_at) values ('R1', 'shop', 'test', 'apply', 'applying', 'p', 'd', 1, 't')"
            )
            store.query("insert into channel_shadow values ('shop', 'L1', 3, 'h', '{}', 't', 'R1')")
            with pytest.raises(sqlite3.IntegrityError, match="NOT NULL"):
                store.query("insert into channel_shadow values ('shop', 'L2', 0, 'h', '{}', 't', null)")
    with open_store(path) as store:
        store.query("insert into channel_shadow values ('shop', 'L2', 0, 'h', '{}', 't', null)")
        assert store.query("select * from channel_shadow order by row_key") == [
            ("shop", "L1", 3, "h", "{}", "t", "R1"), ("shop", "L2", 0, "h", "{}", "t", None)
        ]  # fmt: skip
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            store.query("insert into channel_shadow values ('shop', 'L3', 0, 'h', '{}', 't', 'R9')")
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            store.query("insert into channel_shadow values ('shop', 'L1', 0, 'h', '{}', 't', null)")


def test_another_programs_database_and_rubbish_are_refused(path):
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("create table theirs (a)")
    connection.close()
    with pytest.raises(OpsStoreError, match="another program"), open_store(path):
        pass
    path.write_bytes(b"no database at all, but long enough to be read as one" * 100)
    with pytest.raises(OpsStoreError, match="not readable"), open_store(path):
        pass


def test_a_store_that_is_not_there_mirrors_as_empty_and_is_not_created(path):
    assert push_mirror(path) == ([], [], [], [])
    assert not path.exists()


def test_a_transaction_that_raises_leaves_nothing(path):
    row = "('sku', 'A', 1, 'r', 'a', 't')"
    with open_store(path) as store:
        with pytest.raises(sqlite3.IntegrityError), store.transaction() as connection:
            [connection.execute(f"insert into control values {row}") for _ in range(2)]
        assert read_controls(store) == Controls()


@pytest.fixture
def audited(path):
    with open_store(path) as store:
        for number in range(5):
            set_kill_switch(store, "sku", f"S{number}", engaged=True, reason="réason", actor=ANA)
        assert (verify_audit(store).intact, verify_audit(store).rows) == (True, 5)
    return path


@pytest.mark.parametrize("statement", ["update audit set actor = 'eve'", "delete from audit where seq = 5",
                                       "update decision set actor = 'eve'", "delete from decision"])  # fmt: skip
def test_the_audit_and_decisions_refuse_change(audited, statement):
    with open_store(audited) as store:
        store.query("insert into decision values (1, 'P1', 'approve', null, '', 'ana', 'h', 't')")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"), store.transaction() as connection:
            connection.execute(statement)


@pytest.mark.parametrize(
    ("tampering", "bad_seq"),
    [
        ("update audit set body = replace(body, 'S2', 'S9') where seq = 3", 3),
        ("update audit set actor = 'eve' where seq = 1", 1),
        ("delete from audit where seq = 2", 2),
        ("delete from audit where seq = 5", 5),
        ("update audit set seq = 1 - seq where seq in (2, 3); update audit set seq = 4 + seq where seq < 0", 2),
        ("insert into audit values (6, 't', 'eve', 'e', '{}', 'x', 'y')", 6),
        ("update audit_head set seq = 4", 6),
    ],
)  # fmt: skip
def test_tampering_with_the_triggers_removed_is_named_at_its_first_row(audited, tampering, bad_seq):
    with sqlite3.connect(audited) as connection:
        connection.executescript(f"drop trigger audit_no_update; drop trigger audit_no_delete; {tampering}")
    connection.close()
    with open_store(audited) as store:
        verdict = verify_audit(store)
    assert (verdict.intact, verdict.first_bad_seq) == (False, bad_seq)
    assert verdict.reason


@pytest.mark.parametrize(
    ("scope", "key", "reason", "actor"),
    [
        ("global", "x", "r", "a"),
        ("sku", "*", "r", "a"),
        ("sku", "", "r", "a"),
        ("sku", "A", "", "a"),
        ("sku", "A", "r", " "),
    ],
)
def test_a_switch_that_says_too_little_is_refused(path, scope, key, reason, actor):
    with open_store(path) as store, pytest.raises(ValueError, match="switch"):
        set_kill_switch(store, scope, key, engaged=True, reason=reason, actor=Actor(actor, ANA.roles))


def test_a_second_holder_in_another_process_is_told_who_is_pushing(path):
    code = (
        "import sys; from pathlib import Path; from ops import *\n"
        "with open_store(Path(sys.argv[1])) as store:\n"
        "    with hold_lease(store): pass\n"
    )
    with open_store(path) as store, hold_lease(store):
        other = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=False)
    assert f"process {os.getpid()} is pushing" in other.stderr
    assert subprocess.run([sys.executable, "-c", code, path], capture_output=True, check=False).returncode == 0


def test_every_holder_gets_a_newer_epoch_and_an_older_one_cannot_write(path):
    with open_store(path) as store:
        with hold_lease(store) as first, pytest.raises(PushBusyError), hold_lease(store):
            pass
        with hold_lease(store) as second:
            assert second.epoch == first.epoch + 1
            with pytest.raises(LeaseLostError):
                finish_run(store, first, "any", "failed", None)


def test_a_holder_on_another_host_counts_while_it_gives_signs_of_life(path):
    def seen(minutes_ago):
        at = (datetime.now(UTC) - timedelta(minutes=minutes_ago)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        with store.transaction() as connection:
            connection.execute("insert or replace into lease values ('push', 7, 'elsewhere', 12, ?, ?, null)", (at, at))

    with open_store(path) as store:
        seen(minutes_ago=1)
        with pytest.raises(PushBusyError, match="on host elsewhere"), hold_lease(store):
            pass
        seen(minutes_ago=20)
        with hold_lease(store) as lease:
            assert lease.epoch == 8


def test_importing_the_push_side_is_light():
    code = "import sys, ops, reverse_etl; print([m for m in ('pandas', 'polars', 'dagster', 'streamlit') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert done.stdout.strip() == "[]"
