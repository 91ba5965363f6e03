"""What a destination was seen to show, and where it keeps a row: facts read back from it, kept beside what was written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from ops.audit import canonical_json
from ops.lease import Lease, check_epoch
from ops.records import Observation, Shadow
from ops.store import OpsStore, timestamp

Cause = Literal["base", "read_back", "reconcile"]
"""`base`: read before a write that compares; `read_back`: after an answer that nobody got; `reconcile`: looked on purpose."""


def record_observations(
    store: OpsStore, lease: Lease, destination: str, seen: Sequence[Observation], *, cause: Cause, run_id: str | None
) -> None:
    """Keep every observation; the shadow of a key becomes what was seen, so that the next plan starts from there."""
    at = timestamp(datetime.now(UTC))
    with store.transaction() as connection:
        check_epoch(connection, lease)
        connection.executemany(
            "insert into channel_observation (destination, row_key, quantity, expected_quantity, cause, drift, run_id,"
            " observed_at) values (?, ?, ?, ?, ?, ?, ?, ?)",
            [(destination, o.row_key, o.quantity, o.expected, cause, o.drift, run_id, at) for o in seen],
        )
        for seen_row in seen:
            found = connection.execute(
                "select payload_json from channel_shadow where destination = ? and row_key = ?",
                (destination, seen_row.row_key),
            ).fetchone()
            if found is None or seen_row.quantity is None:
                continue
            payload = json.loads(found[0])
            if payload.get("quantity") != seen_row.quantity:
                payload |= {"quantity": seen_row.quantity, "sellable_quantity": max(0, seen_row.quantity)}
                connection.execute(
                    "update channel_shadow set payload_hash = ?, payload_json = ?, acknowledged_at = ?"
                    " where destination = ? and row_key = ?",
                    (f"seen:{seen_row.quantity}", canonical_json(payload), at, destination, seen_row.row_key),
                )


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


def written_numbers(store: OpsStore, destination: str) -> dict[str, tuple[int, ...]]:
    """Return the numbers ever sent on each key or seen before a write, newest first, whether or not they arrived."""
    rows = store.query(
        "select row_key, quantity from ("
        " select row_key, json_extract(payload_json, '$.quantity') as quantity, updated_at as at from push_intent"
        " where destination = ?1 and attempt_id is not null"
        " union all select row_key, quantity, observed_at from channel_observation where destination = ?1 and cause = 'base')"
        " where quantity is not null order by row_key, at desc",
        (destination,),
    )
    found: dict[str, list[int]] = {}
    for key, quantity in rows:
        found.setdefault(key, []).append(quantity)
    return {key: tuple(numbers) for key, numbers in found.items()}


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
