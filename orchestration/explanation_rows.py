"""A build's rows in, one SKU's `Explanation` out.

In: a connection to a published or rebuilt file (reports `rpt_ats_*`, marts, dimensions). Nothing is computed here: each number
is one that the build computed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from orchestration.exit_codes import CommandError
from orchestration.explanation import (
    Asked,
    Evidence,
    Explanation,
    ListingNumber,
    LocationNumber,
    Status,
    Step,
    ZoneNumber,
)

if TYPE_CHECKING:
    import duckdb

_SHOWN_MATCHES = 5


def explain(connection: duckdb.DuckDBPyConnection, asked: Asked, as_of: datetime) -> Explanation:
    """Return the explanation; raises `CommandError` with close matches for a SKU, location or channel that is not there."""
    words = _words(connection)
    evidence = _evidence(connection, asked.sku_id)
    locations = _locations(connection, asked.sku_id, words, evidence)
    served = _served_by(connection)
    listings = _listings(connection, asked.sku_id, words, evidence, locations, served)
    if not locations and not listings:
        raise CommandError(_unknown_sku(connection, asked.sku_id))
    if asked.location_id is not None:
        _must_be_one_of(asked.location_id, [number.location_id for number in locations], asked.sku_id, "location")
        locations = [number for number in locations if number.location_id == asked.location_id]
    if asked.channel_account is not None:
        accounts = [number.channel_account for number in listings]
        _must_be_one_of(asked.channel_account, accounts, asked.sku_id, "channel account")
        listings = [number for number in listings if number.channel_account == asked.channel_account]
    if asked.location_id is not None and asked.channel_account is None:
        listings = []
    if asked.channel_account is not None and asked.location_id is None:
        locations = []
    return Explanation(asked.sku_id, as_of, tuple(locations), tuple(listings))


def _must_be_one_of(name: str, known: Sequence[str], sku_id: str, what: str) -> None:
    if name not in known:
        there = ", ".join(sorted(set(known))) or "none"
        raise CommandError(f"{sku_id} has no {what} {name!r}; there are: {there}. Leave the option out for a summary.")


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, *values: str) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, list(values)) if values else connection.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


_Words = dict[tuple[str, str], Status]
_EvidenceOf = dict[str, list[tuple[str, str, Evidence]]]
"""By term: location, channel account, and the row; either may be blank."""


def _words(connection: duckdb.DuckDBPyConnection) -> _Words:
    rows = _rows(connection, "select kind, term, title, words, next_step from reports.rpt_ats_terms")
    return {(r["kind"], r["term"]): Status(r["term"], r["title"], r["words"], r["next_step"]) for r in rows}


def _said(words: _Words, kind: str, term: str) -> Status:
    return words.get((kind, term)) or Status(term, term.replace("_", " ").capitalize(), "", None)


def _evidence(connection: duckdb.DuckDBPyConnection, sku_id: str) -> _EvidenceOf:
    found: _EvidenceOf = defaultdict(list)
    rows = _rows(
        connection, "select * from reports.rpt_ats_evidence where sku_id = ? order by term, evidence_number", sku_id
    )
    for r in rows:
        row = Evidence(
            r["evidence_kind"], r["evidence_qty"], r["evidence_at"], r["source_account"], r["document_id"],
            r["evidence_detail"], r["source_file"], r["source_row"],
        )  # fmt: skip
        found[r["term"]].append((r["location_id"], r["channel_account"], row))
    return found


def _steps(
    rows: Iterable[dict[str, Any]], words: _Words, kind: str, behind: dict[str, list[Evidence]]
) -> tuple[Step, ...]:
    steps = []
    for r in rows:
        said = _said(words, kind, r["term"])
        rows_behind = tuple(behind.get(r["term"], ()))
        steps.append(
            Step(r["term"], said.title, said.words, said.next_step, r["change_qty"], r["running_qty"], rows_behind)
        )
    return tuple(steps)


def _locations(
    connection: duckdb.DuckDBPyConnection, sku_id: str, words: _Words, evidence: _EvidenceOf
) -> list[LocationNumber]:
    stock = _rows(connection, "select * from marts.fct_available_to_sell where sku_id = ? order by location_id", sku_id)
    steps = _by(
        _rows(
            connection, "select * from reports.rpt_ats_location_waterfall where sku_id = ? order by step_number", sku_id
        ),
        "location_id",
    )
    numbers = []
    for row in stock:
        place = row["location_id"]
        behind = {term: [e for location, _, e in found if location == place] for term, found in evidence.items()}
        numbers.append(
            LocationNumber(
                place,
                row["ats_qty"],
                row["debt_qty"],
                _said(words, "status", row["status"]),
                row["snapshot_at"],
                row["feed_age_minutes"],
                _steps(steps[place], words, "location", behind),
            )
        )
    return numbers


def _by(rows: Iterable[dict[str, Any]], *columns: str) -> dict[Any, list[dict[str, Any]]]:
    grouped: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row[columns[0]] if len(columns) == 1 else tuple(row[c] for c in columns)].append(row)
    return grouped


def _served_by(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], list[str]]:
    """Return the locations by channel account and who fulfils."""
    rows = _rows(connection, "select channel_account, sourcing_locations, channel_location_id from marts.dim_channel")
    served = {(r["channel_account"], "merchant"): (r["sourcing_locations"] or "").split(", ") for r in rows}
    return served | {(r["channel_account"], "channel"): [r["channel_location_id"]] for r in rows}


def _listings(  # noqa: PLR0917 - what a listing's rows are gathered from
    connection: duckdb.DuckDBPyConnection, sku_id: str, words: _Words, evidence: _EvidenceOf,
    locations: Sequence[LocationNumber], served: dict[tuple[str, str], list[str]],
) -> list[ListingNumber]:  # fmt: skip
    listed = _rows(
        connection,
        "select * from marts.fct_channel_available_to_sell where sku_id = ? order by channel_account, listing_id",
        sku_id,
    )
    steps = _by(
        _rows(connection, "select * from reports.rpt_ats_channel_waterfall where sku_id = ? order by step_number", sku_id),
        "channel_account", "listing_id",
    )  # fmt: skip
    zones = _by(
        _rows(connection, "select * from marts.fct_zone_available_to_sell where sku_id = ? order by zone", sku_id),
        "channel_account", "listing_id",
    )  # fmt: skip
    return [
        ListingNumber(
            row["channel_account"], row["listing_id"], row["channel_sku"], row["fulfilled_by"], row["units_per_listing"],
            row["ats_qty"], row["listing_qty"], _said(words, "status", row["status"]), row["feed_age_minutes"],
            row["max_feed_age_minutes"],
            _steps(
                steps[row["channel_account"], row["listing_id"]], words, "channel",
                _behind_listing(row["channel_account"], served.get((row["channel_account"], row["fulfilled_by"]), []),
                                locations, evidence),
            ),
            tuple(
                ZoneNumber(zone["zone"], zone["locations_count"], zone["ats_qty"])
                for zone in zones[row["channel_account"], row["listing_id"]]
            ),
        )
        for row in listed
    ]  # fmt: skip


_OF_OTHERS = "ring_fence"


def _behind_listing(
    account: str, places: Sequence[str], locations: Sequence[LocationNumber], evidence: _EvidenceOf
) -> dict[str, list[Evidence]]:
    """Return the rows behind each term of a listing: its policies, the locations it draws on, and what weighs on all."""
    behind: dict[str, list[Evidence]] = {}
    for term, found in evidence.items():
        if term == _OF_OTHERS:
            behind[term] = [_of(channel, e) for _, channel, e in found if channel != account]
        elif term == "unplaced":
            behind[term] = [_of(channel, e) for _, channel, e in found]
        else:
            behind[term] = [e for location, channel, e in found if not location and channel in (account, "")]
    serving = [number for number in locations if number.location_id in places]
    behind["node_ats"] = [_at_location(number, number.ats_qty) for number in serving if number.ats_qty]
    owing = [_at_location(number, number.debt_qty) for number in serving if number.debt_qty]
    behind["node_debt"] = owing + behind.get("node_debt", [])
    return behind


def _of(owner: str, row: Evidence) -> Evidence:
    return Evidence(
        row.kind, row.quantity, row.at, row.account, row.document, row.detail, row.file, row.row, owner or None
    )


def _at_location(number: LocationNumber, quantity: int | None) -> Evidence:
    return Evidence(
        "location",
        quantity,
        number.snapshot_at,
        None,
        number.location_id,
        number.status.title,
        None,
        None,
        number.location_id,
    )


def _unknown_sku(connection: duckdb.DuckDBPyConnection, sku_id: str) -> str:
    known = _rows(
        connection,
        "select sku_id, sku_id as ours, '' as account from marts.dim_product union select sku_id, sku_id, ''"
        " from marts.fct_available_to_sell union select channel_sku, sku_id, channel_account from marts.dim_listing",
    )
    listed = [f"{r['ours']} (listed so on {r['account']})" for r in known if r["sku_id"] == sku_id and r["account"]]
    names = {r["sku_id"].casefold(): r["ours"] for r in known if not r["account"]}
    close = get_close_matches(sku_id.casefold(), names, n=_SHOWN_MATCHES, cutoff=0.6)
    parts = [ours for name, ours in sorted(names.items()) if sku_id.casefold() in name][:_SHOWN_MATCHES]
    matches = list(dict.fromkeys([*listed, *(names[name] for name in close), *parts]))[:_SHOWN_MATCHES]
    hint = (
        f"Did you mean: {', '.join(matches)}?" if matches else '`tallyhouse query "from marts.dim_product"` lists all.'
    )
    return f"{sku_id!r} is no SKU with stock or a listing in this build. {hint}"
