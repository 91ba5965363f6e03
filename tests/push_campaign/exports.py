"""Published exports in memory: what a push of a trial wants."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

import duckdb

from tests.reverse_etl.conftest import PROPOSAL_COLUMNS, STOCK_COLUMNS, proposal, stock

NUMBERS = (1, 2, 3)
"""The rows of a trial: listing shop-1 is SKU-1, and so on; every one starts at `START`."""
START = 10
Wanted = Mapping[int, int]
BEGUN: Wanted = dict.fromkeys(NUMBERS, START)


def published(wanted: Wanted, *, status: str = "ok", proposals: Wanted | None = None) -> duckdb.DuckDBPyConnection:
    """An open file with a row for every number wanted; kept, so that the same is made once."""
    return _published(json.dumps(sorted(wanted.items())), status, json.dumps(sorted((proposals or {}).items())))


@cache
def half_built() -> duckdb.DuckDBPyConnection:
    """A file whose exports are not there yet."""
    connection = duckdb.connect()
    connection.execute("create schema exports")
    return connection


@cache
def _published(wanted: str, status: str, proposals: str) -> duckdb.DuckDBPyConnection:
    rows = [stock("shop", number, units, status=status) for number, units in json.loads(wanted)]
    offers = [proposal(number, units) for number, units in json.loads(proposals)]
    connection = duckdb.connect()
    connection.execute("create schema exports")
    for table, columns, given in (
        ("exp_channel_stock", STOCK_COLUMNS, rows),
        ("exp_purchase_proposals", PROPOSAL_COLUMNS, offers),
    ):
        connection.execute(f"create table exports.{table} ({', '.join(f'{n} {t}' for n, t in columns.items())})")
        if given:
            marks = ", ".join("?" * len(columns))
            cells = [[row[name] for name in columns] for row in given]
            connection.executemany(f"insert into exports.{table} values ({marks})", cells)
    return connection
