"""What a destination took of a listing: the last number it acknowledged, beside how the last attempt ended."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from ops import accepted_rows, open_store

PAYLOAD = '{"quantity": %d, "sellable_quantity": %d}'


def attempted(path: Path, run: str, status: str, quantity: int, at: str, *, acknowledged: bool) -> None:
    """Write one run of destination `shop_stock` that pushed row `L1`, as the journal keeps it."""
    with open_store(path) as store, store.transaction() as writing:
        writing.execute(
            "insert into push_run (run_id, destination, environment, mode, status, plan_hash, desired_hash, epoch, started_at)"
            " values (?, 'shop_stock', 'test', 'apply', 'applying', 'p', 'd', 1, ?)",
            (run, at),
        )
        writing.execute(
            "insert into push_intent (run_id, destination, row_key, generation, action, risk_class, sku_id, channel_sku,"
            " target_json, target_hash, payload_json, status, reason, updated_at)"
            " values (?, 'shop_stock', 'L1', ?, 'set', 0, 'MUG', 'MUG', '{}', 't', ?, ?, ?, ?)",
            (run, int(run[-1]), PAYLOAD % (quantity, quantity - 3), status, None if acknowledged else "refused", at),
        )
        if acknowledged:
            writing.execute(
                "insert into channel_shadow values ('shop_stock', 'L1', ?, 'h', ?, ?, ?)",
                (int(run[-1]), PAYLOAD % (quantity, quantity - 3), at, run),
            )


def test_nothing_is_known_without_a_store_and_none_is_made(tmp_path: Path) -> None:
    assert accepted_rows(tmp_path / "ops.sqlite", ["L1"]) == []
    assert not (tmp_path / "ops.sqlite").exists()


def test_the_last_number_taken_stands_beside_a_later_refusal(tmp_path: Path) -> None:
    path = tmp_path / "ops.sqlite"
    attempted(path, "run1", "rejected", 2, "2026-11-20T05:00:00.000000Z", acknowledged=False)
    (refused,) = accepted_rows(path, ["L1", "another"])
    assert (refused.status, refused.reason, refused.quantity, refused.acknowledged_at) == (
        "rejected",
        "refused",
        None,
        None,
    )

    attempted(path, "run2", "confirmed", 9, "2026-11-20T06:00:00.000000Z", acknowledged=True)
    attempted(path, "run3", "rejected", 4, "2026-11-20T07:00:00.000000Z", acknowledged=False)
    (row,) = accepted_rows(path, ["L1"])
    assert (row.destination, row.status, row.quantity, row.sellable_quantity) == ("shop_stock", "rejected", 9, 6)
    assert row.acknowledged_at == datetime(2026, 11, 20, 6, tzinfo=UTC)
    assert row.updated_at == datetime(2026, 11, 20, 7, tzinfo=UTC)
    assert accepted_rows(path, []) == []
