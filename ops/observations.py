"""What a destination was seen to show, and where it keeps a row: facts read back from it, kept beside what was written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from ops.audit import canonical_json
from ops.lease import Lease, check_epoch
from ops.records import Difference, Observation, Occasion, Shadow
from ops.store import OpsStore, timestamp

Cause = Literal["base", "read_back", "reconcile"]
"""`base`: read before a write that compares; `read_back`: after an answer that nobody got; `reconcile`: looked on purpose."""
CAUSES: Mapping[Occasion, Cause] = {
    "push": "base", "settling": "read_back", "drift": "reconcile", "round": "reconcile", "resync": "reconcile",
}  # fmt: skip


def record_observations(
    store: OpsStore,
    lease: Lease,
    destination: str,
    seen: Sequence[Observation],
    differing: Sequence[Difference] = (),
    *,
    occasion: Occasion,
    run_id: str | None,
) -> None:
    """Keep every observation, and why those differ that do; the shadow of a key becomes what was seen, for the next plan.

    One commit. Of a number that takes in what customers cannot buy, as much is taken to be that part as when it was written.
    """
    at = timestamp(datetime.now(UTC))
    cause = CAUSES[occasion]
    with store.transaction() as connection:
        check_epoch(connection, lease)
        connection.executemany(
            "insert into channel_observation (destination, row_key, quantity, expected_quantity, cause, drift, run_id,"
            " observed_at) values (?, ?, ?, ?, ?, ?, ?, ?)",
            [(destination, o.row_key, o.quantity, o.expected, cause, o.drift, run_id, at) for o in seen],
        )
        connection.executemany(
            "insert into channel_drift (destination, row_key, sku_id, channel_sku, read_by, wanted_quantity,"
            " written_quantity, read_quantity, unsellable_quantity, drift_class, run_id, read_at)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (destination, d.row_key, d.sku_id, d.channel_sku, occasion, d.wanted, d.written, d.read, d.unsellable,
                 d.drift, run_id, at)
                for d in differing
            ],
        )  # fmt: skip
        for seen_row in seen:
            found = connection.execute(
                "select payload_json from channel_shadow where destination = ? and row_key = ?",
                (destination, seen_row.row_key),
            ).fetchone()
            if found is None or seen_row.quantity is None:
                continue
            payload = json.loads(found[0])
            if payload.get("quantity") != seen_row.quantity:
                sellable = max(0, seen_row.quantity - unsellable_part(payload))
                payload |= {"quantity": seen_row.quantity, "sellable_quantity": sellable}
                connection.execute(
                    "update channel_shadow set payload_hash = ?, payload_json = ?, acknowledged_at = ?"
                    " where destination = ? and row_key = ?",
                    (f"seen:{seen_row.quantity}", canonical_json(payload), at, destination, seen_row.row_key),
                )


def unsellable_part(payload: Mapping[str, Any]) -> int:
    """Return how much of a stored number customers cannot buy: on hand less what is to sell; 0 where only one is stated."""
    quantity, sellable = payload.get("quantity"), payload.get("sellable_quantity")
    return quantity - sellable if isinstance(quantity, int) and isinstance(sellable, int) else 0


def adopt_seen(store: OpsStore, lease: Lease, destination: str, shown: Mapping[str, Shadow]) -> None:
    """Make what was read what the destination is known to show, by row key, also of rows that were never written. One commit.

    A row that is known keeps its generation and its run; one that is new gets the generation that was read with it, and no run.
    A row with a request that may still land is left as it is: what it shows now may not last.
    """
    at = timestamp(datetime.now(UTC))
    with store.transaction() as connection:
        check_epoch(connection, lease)
        connection.executemany(
            "insert into channel_shadow (destination, row_key, generation, payload_hash, payload_json, acknowledged_at)"
            " select ?1, ?2, ?3, ?4, ?5, ?6 where not exists (select 1 from push_intent where destination = ?1"
            " and row_key = ?2 and status in ('sending', 'ambiguous')) on conflict (destination, row_key) do update set"
            " payload_hash = excluded.payload_hash, payload_json = excluded.payload_json,"
            " acknowledged_at = excluded.acknowledged_at where excluded.payload_hash <> channel_shadow.payload_hash",
            [(destination, key, row.generation, row.payload_hash, row.payload_json, at) for key, row in shown.items()],
        )


def read_addresses(store: OpsStore, destination: str, row_keys: Sequence[str]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return, for the rows asked for, the hash of what was looked up and the identifiers that the destination gave for it."""
    rows = store.query(
        "select row_key, lookup_hash, address_json from channel_address where destination = ?"
        " and row_key in (select value from json_each(?))",
        (destination, json.dumps(list(row_keys))),
    )
    return {key: (lookup, json.loads(address)) for key, lookup, address in rows}


def write_addresses(
    store: OpsStore, lease: Lease, destination: str, found: Mapping[str, tuple[str, Mapping[str, Any]]]
) -> None:
    """Remember identifiers by row key; a key looked up anew replaces what was known."""
    at = timestamp(datetime.now(UTC))
    with store.transaction() as connection:
        check_epoch(connection, lease)
        connection.executemany(
            "insert into channel_address values (?, ?, ?, ?, ?) on conflict (destination, row_key) do update set"
            " lookup_hash = excluded.lookup_hash, address_json = excluded.address_json, found_at = excluded.found_at",
            [(destination, key, lookup, canonical_json(dict(address)), at) for key, (lookup, address) in found.items()],
        )


def written_numbers(store: OpsStore, destination: str, row_keys: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Return the numbers ever sent on these keys or seen before a write, newest first, whether or not they arrived."""
    among = "destination = ?1 and row_key in (select value from json_each(?2))"
    rows = store.query(
        "select row_key, quantity from ("
        " select row_key, json_extract(payload_json, '$.quantity') as quantity, updated_at as at from push_intent"
        f" where {among} and attempt_id is not null"
        f" union all select row_key, quantity, observed_at from channel_observation where {among} and cause = 'base')"
        " where quantity is not null order by row_key, at desc",
        (destination, json.dumps(list(row_keys))),
    )
    found: dict[str, list[int]] = {}
    for key, quantity in rows:
        found.setdefault(key, []).append(quantity)
    return {key: tuple(numbers) for key, numbers in found.items()}


_WANTED_LAST = """
    with newest as (
        select run_id, started_at from push_run where rowid = (
            select max(rowid) from push_run where destination = ?1 and status <> 'superseded')
    ),
    read_since as (
        select row_key, expected_quantity, min(observation_id) as first_of_them from channel_observation
        where destination = ?1 and row_key in (select value from json_each(?2)) and expected_quantity is not null
        and observed_at >= (select started_at from newest)
        group by row_key
    )
    select s.row_key, coalesce(json_extract(i.payload_json, '$.quantity'), r.expected_quantity,
        json_extract(s.payload_json, '$.quantity'))
    from channel_shadow s left join newest n left join push_intent i on i.run_id = n.run_id and i.row_key = s.row_key
    left join read_since r on r.row_key = s.row_key
    where s.destination = ?1 and s.row_key in (select value from json_each(?2))
"""


def wanted_last(store: OpsStore, destination: str, row_keys: Sequence[str]) -> dict[str, int]:
    """Return what the newest plan wants these rows to show.

    A row that the plan left alone was wanted as it was known then; what was read of it since has changed that knowledge.
    """
    rows = store.query(_WANTED_LAST, (destination, json.dumps(list(row_keys))))
    return {str(key): int(quantity) for key, quantity in rows if isinstance(quantity, int)}


def seen_there(store: OpsStore, destination: str, row_keys: Sequence[str]) -> set[str]:
    """Return which of these rows were ever seen at their destination, whether or not they are there now."""
    rows = store.query(
        "select distinct row_key from channel_observation where destination = ? and quantity is not null"
        " and row_key in (select value from json_each(?))",
        (destination, json.dumps(list(row_keys))),
    )
    return {key for (key,) in rows}


def keys_in_doubt(store: OpsStore, destination: str) -> set[str]:
    """Return the keys with a request that may still land: nothing else is sent on them."""
    rows = store.query(
        "select row_key from push_intent where destination = ? and status in ('sending', 'ambiguous')", (destination,)
    )
    return {key for (key,) in rows}
