"""Published numbers beside the truth, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from company import Paths
from demo.oversell_truth import JUDGED_FROM
from demo.truth import KEYS, VALUES, KnownDifference, read_differences

if TYPE_CHECKING:
    import duckdb

TABLES = {
    "ats": "marts.fct_available_to_sell",
    "channel_ats": "marts.fct_channel_available_to_sell",
    "counts": "marts.fct_cycle_count_lines",
    "fill_rate": "reports.rpt_fill_rate_daily",
    "oversell": "marts.fct_oversold_order_lines",
    "perfect_order": "reports.rpt_perfect_order_daily",
    "reorder_need": "marts.fct_reorder_recommendations",
    "stock_ledger": "marts.fct_stock_ledger_daily",
}
ONLY = {"oversell": f"ordered_at >= timestamp '{JUDGED_FROM}'", "stock_ledger": "basis = 'on_hand'"}
"""Of which published rows the world knows the truth: what a channel states net of its orders is its own word, and before every
account has stated its shelves nobody knows what was free."""
MISSING_IS_ZERO = frozenset({"ats"})
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure: rows on either side, rows that differ, and a few of these as (key, truth, published).

    `explained` of the unequal rows are known differences, published with exactly the numbers foreseen; `causes` says why.
    """

    checked: int
    unequal: int
    examples: tuple[tuple[tuple[Any, ...], Any, Any], ...]
    explained: int = 0
    causes: tuple[str, ...] = ()


def compare(home: Path, connection: duckdb.DuckDBPyConnection) -> dict[str, Comparison]:
    """Compare every measure of the demo world in `home` with the published tables of `connection`.

    A row that only one side has is unequal; for `ats` it is equal when the other side says 0. Reads only.
    """
    folder = Paths(home).data / "demo"
    foreseen = {(row.measure, row.key): row for row in read_differences(folder)}
    return {
        measure: _compared(connection, folder / "truth" / f"{measure}.parquet", measure, foreseen) for measure in TABLES
    }


def _compared(
    connection: duckdb.DuckDBPyConnection,
    truth: Path,
    measure: str,
    foreseen: dict[tuple[str, tuple[str, ...]], KnownDifference],
) -> Comparison:
    keys, values = KEYS[measure], VALUES[measure]
    default = ", 0" if measure in MISSING_IS_ZERO else ""
    on = " and ".join(f"t.{key} is not distinct from p.{key}" for key in keys)

    def value(side: str, column: str) -> str:
        absent = f"case when {side}.is_there is null then coalesce(null{default}) else {side}.{column} end"
        return absent if default else f"{side}.{column}"

    differs = " or ".join(f"{value('t', column)} is distinct from {value('p', column)}" for column in values)
    one_sided = "false" if default else "t.is_there is null or p.is_there is null"
    listed = ", ".join(f"cast(coalesce(t.{key}, p.{key}) as varchar)" for key in keys)
    columns = ", ".join((*keys, *values))
    truth_side, published_side = (", ".join(f"{side}.{column}" for column in values) for side in "tp")
    rows = connection.execute(
        f"""
        with t as (select {columns}, true as is_there from read_parquet($1)),
             p as (select {columns}, true as is_there from {TABLES[measure]} where {ONLY.get(measure, "true")})
        select ({one_sided}) or ({differs}) as differs, [{listed}] as row_key,
               [{truth_side}] as truth, [{published_side}] as published
        from t full outer join p on {on}
        order by row_key
        """,
        [str(truth)],
    ).fetchall()
    unequal = [row for row in rows if row[0]]
    examples = tuple((tuple(row[1]), _one(row[2]), _one(row[3])) for row in unequal[:EXAMPLES])
    known = [(foreseen.get((measure, tuple(row[1]))), _one(row[3])) for row in unequal]
    causes = [row.cause for row, published in known if row is not None and row.reported == published]
    return Comparison(len(rows), len(unequal), examples, len(causes), tuple(sorted(set(causes))))


def _one(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else tuple(values)
