"""From when on a destination is worth another push although nothing new is wanted, and never sooner than it may be asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ops import hold_lease, note_pause, open_store, pushes_due, timestamp
from ops.breaker import COOL_DOWN, Breaker
from ops.store import OpsStore
from ops.waiting import Waits, next_push

START = datetime(2026, 11, 20, 6, tzinfo=UTC)
minutes = st.integers(0, 60).map(lambda count: START + timedelta(minutes=count))
waits = st.builds(
    Waits, drained_at=st.none() | minutes, pushed_at=minutes, is_left_alone=st.booleans(), paused_until=st.none() | minutes,
    decreases_settled_at=st.none() | minutes,
)  # fmt: skip
breakers = st.just(Breaker()) | minutes.map(lambda at: Breaker("open", 5, "11111", timestamp(at)))


@given(waits, breakers)
def test_nobody_is_asked_before_what_it_waits_for_has_passed(found: Waits, breaker: Breaker) -> None:
    due = next_push(found, breaker)
    if due is None:
        assert (found.drained_at, found.decreases_settled_at, found.is_left_alone) == (None, None, False)
        return
    at, why = due
    assert breaker.lets_through(at)
    if why == "in_doubt":
        assert found.drained_at is not None
        assert at >= found.drained_at
    if why == "left_alone":
        assert found.pushed_at is not None
        assert at > found.pushed_at


@given(waits, breakers, st.integers(0, 300))
def test_a_push_that_changed_nothing_is_not_repeated_sooner_than_a_breaker_would(
    found: Waits, breaker: Breaker, seconds: int
) -> None:
    """What was due is asked for; the push ends so many seconds later, and everything stands as it did before.

    Sooner only what had not passed when it ended: a write that can still land, and a pause that the channel asked for.
    """
    due = next_push(Waits(found.drained_at, found.pushed_at, found.is_left_alone, found.paused_until), breaker)
    if due is None:
        return
    ended = due[0] + timedelta(seconds=seconds + 1)
    again = next_push(Waits(found.drained_at, ended, found.is_left_alone, found.paused_until), breaker)
    assert again is not None
    is_still_to_come = again[0] >= ended and again[0] in (found.drained_at, found.paused_until)
    assert again[0] >= ended + COOL_DOWN or is_still_to_come
    assert next_push(Waits(None, ended), breaker) is None, "nothing waits any more"


@given(waits)
def test_a_refused_key_waits_for_a_person(found: Waits) -> None:
    assert next_push(found, Breaker("auth", 1, "1", timestamp(START))) is None


def run(store: OpsStore, name: str, at: datetime, *rows: tuple[str, str, str | None, int], mode: str = "apply") -> None:
    """A finished run of rows (SKU, status, reason, risk class)."""
    run_id = f"{name}-{timestamp(at)}"
    with store.transaction() as connection:
        connection.execute(
            "insert into push_run (run_id, destination, environment, mode, status, plan_hash, desired_hash, epoch, started_at,"
            " finished_at) values (?, ?, 'test', ?, 'partial', 'h', 'h', 1, ?, ?)",
            (run_id, name, mode, timestamp(at), timestamp(at)),
        )
        for sku, status, reason, risk_class in rows:
            connection.execute(
                "insert into push_intent values (?, ?, ?, 1, 'change', ?, ?, ?, '{}', 'h', '{}', ?, ?, null, ?, null, 0)",
                (run_id, name, f"{name}-{sku}", risk_class, sku, sku, status, reason, timestamp(at)),
            )


def doubt(store: OpsStore, name: str, sku: str, drain_until: datetime | None, status: str = "ambiguous") -> None:
    with store.transaction() as connection:
        attempt = connection.execute(
            "insert into push_attempt (run_id, destination, part, epoch, file_name, payload_hash, idempotency_key, row_count,"
            " status, started_at, transport, drain_until) select run_id, destination, 1, 1, 'POST', 'h', 'k', 1, ?, started_at,"
            " 'api', ? from push_run where destination = ? order by rowid desc limit 1",
            (status, timestamp(drain_until) if drain_until else None, name),
        ).lastrowid
        connection.execute("update push_intent set attempt_id = ? where row_key = ?", (attempt, f"{name}-{sku}"))


def told(store: OpsStore, *names: str) -> list[tuple[str, datetime, str]]:
    return [(due.destination, due.at, due.why) for due in pushes_due(store, names)]


def test_each_kind_of_waiting_is_found_in_the_journal(tmp_path: Path) -> None:
    with open_store(tmp_path / "ops.sqlite") as store:
        assert told(store, "shop", "market") == []
        run(store, "shop", START, ("A", "ambiguous", None, 2), ("B", "confirmed", None, 2))
        doubt(store, "shop", "A", START + timedelta(minutes=20))
        run(
            store,
            "market",
            START,
            ("C", "held", "unreachable: GET /x: throttled", 2),
            ("D", "held", "sold_meanwhile", 2),
        )
        run(store, "market", START + timedelta(minutes=1), ("C", "held", "dry_run", 2), mode="dry_run")
        run(store, "quiet", START, ("E", "held", "guard: unit_delta", 2))
        expected = [
            ("market", START + COOL_DOWN, "left_alone"), ("shop", START + timedelta(minutes=20), "in_doubt"),
        ]  # fmt: skip
        assert told(store, "shop", "market", "quiet") == expected
        assert told(store, "quiet", "shop") == expected[1:]
        with hold_lease(store) as lease:
            note_pause(store, lease, "market", START + timedelta(minutes=30))
            note_pause(store, lease, "market", START + timedelta(minutes=15))
        assert told(store, "market") == [("market", START + timedelta(minutes=15), "left_alone")]


def test_what_an_ended_process_was_sending_is_due_and_a_file_of_it_is_not(tmp_path: Path) -> None:
    with open_store(tmp_path / "ops.sqlite") as store:
        run(store, "shop", START, ("A", "sending", None, 2))
        doubt(store, "shop", "A", START + timedelta(minutes=2), "sending")
        run(store, "files", START, ("A", "sending", None, 2))
        doubt(store, "files", "A", None, "sending")
        run(store, "feed", START, ("A", "ambiguous", None, 2))
        doubt(store, "feed", "A", None)
        assert told(store, "shop", "files", "feed") == [
            ("feed", START, "in_doubt"), ("shop", START + timedelta(minutes=2), "in_doubt"),
        ]  # fmt: skip


def test_a_raise_that_waited_for_a_decrease_elsewhere_is_due_when_that_is_settled(tmp_path: Path) -> None:
    with open_store(tmp_path / "ops.sqlite") as store:
        run(store, "shop", START, ("A", "held", "decrease_pending", 2))
        run(store, "market", START, ("A", "held", "in_doubt", 1))
        assert told(store, "shop") == []
        later = START + timedelta(minutes=9)
        run(store, "market", later, ("A", "confirmed", None, 1))
        assert told(store, "shop", "market") == [("shop", later, "decrease_settled")]
        run(store, "shop", later, ("A", "confirmed", None, 2))
        assert told(store, "shop", "market") == []
