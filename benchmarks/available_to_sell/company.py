"""A generated company as rows of the house templates, written by SQL into a warehouse with every table empty.

`Size.skus` SKUs lie at 20 locations and are listed on 8 accounts. Per SKU and account there is one open order line on average;
three in ten lines of half of the accounts are allocated. One SKU in fifty is a kit of two others, one listing in ten a pack of
three. The accounts differ in policy: exposure, percent with a ring fence, fair share, priority, a stale quantile; one SKU in a
hundred has policy rows of its own. `Size.history_lines` more order lines of the last year were shipped whole. Nothing is drawn:
every cell is a hash of its row and the seed, so equal arguments give equal companies.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

LOCATIONS, ACCOUNTS = 20, 8
AS_OF = "2026-11-20 06:00:00"
_EXPORTED = "timestamp '2026-11-20 05:50:00'"
_FENCED, _FAIR, _PRIORITY, _CAREFUL = "shop1", ("shop2", "shop3"), "shop4", "shop5"
CONFIGURATION = '[company]\nname = "Generated"\ntime_zone = "UTC"\n'


@dataclass(frozen=True, slots=True)
class Size:
    """How much to generate: SKUs, order lines long shipped, and the seed of every hash."""

    skus: int
    history_lines: int = 0
    seed: int = 7


def write_company(connection: duckdb.DuckDBPyConnection, size: Size) -> dict[str, int]:
    """Fill the empty raw and policy tables; return the rows written by table."""
    written = {}
    for entity, query in _feeds(size).items():
        table = f"raw_rows.house__{entity}"
        account = "_account" if entity == "orders" else "'stock' as _account"
        lineage = f"{account}, {_EXPORTED} as _exported_at, 'f' as _file_sha256, 'f' as _source_file"
        columns = "* exclude (_account)" if entity == "orders" else "*"
        found = connection.execute(
            f"insert into {table} by name select {columns}, {lineage}, row_number() over () as _source_row from ({query})"
        ).fetchone()
        assert found is not None
        written[table] = int(found[0])
    for table, query in _configuration().items():
        connection.execute(f"delete from {table}")
        connection.execute(f"insert into {table} by name {query}")
    return written


def _configuration() -> dict[str, str]:
    always = "'me' as owner, 'why' as reason, date '2000-01-01' as effective_from_on"
    own = f"select 'shop' || n as channel_account, '*' as sku from range(1, {ACCOUNTS + 1}) as t (n)"
    return {
        "company.accounts": f"""
            select 'shop' || n as account, 'house' as system, 'UTC' as time_zone, 'USD' as currency,
                'exclusive' as tax_basis, true as is_sales_channel
            from range(1, {ACCOUNTS + 1}) as t (n)
            union all by name
            select 'stock' as account, 'house' as system, 'UTC' as time_zone, false as is_sales_channel""",
        "policy.policy_channel": f"""
            select keys.*, {always}, 1 as share_rate, 1 as share_weight, 1 as priority_rank, 1 as debt_weight_rate,
                case
                    when channel_account = '{_FENCED}' then 'percent' when channel_account in {_FAIR} then 'fair_share'
                    when channel_account = '{_PRIORITY}' then 'priority' else 'exposure'
                end as mode,
                case when channel_account = '{_PRIORITY}' then 7 end as need_days,
                case when sku = '*' then 0 else 2 end as channel_buffer_qty,
                case when channel_account = '{_FENCED}' then 2 else 0 end as ring_fence_qty,
                case when channel_account = '{_CAREFUL}' then 0.95 end as stale_quantile_rate,
                1440 as max_feed_age_minutes, 15 as publish_delay_minutes, 'one_location' as kit_parts_from
            from (
                {own} union all select '*', '*'
                union all select 'shop6', sku from raw_rows.house__products where hash(sku) % 100 = 0
            ) as keys""",
        "policy.policy_node": f"""
            select keys.*, {always}, case when sku = '*' then 0 else 1 end as node_buffer_qty, 0.05 as node_buffer_rate,
                'open' as selling
            from (
                select '*' as location_id, '*' as sku union all select 'L03', '*'
                union all select 'L04', sku from raw_rows.house__products where hash(sku) % 100 = 1
            ) as keys""",
        "policy.policy_sourcing": f"""
            select '*' as channel_account, '*' as location_id, '*' as zone, 1 as priority, {always}
            union all by name
            select 'shop' || account as channel_account, printf('L%02d', place) as location_id,
                '*' as zone, place as priority, {always}
            from range(5, {ACCOUNTS + 1}) as a (account) cross join range(0, {LOCATIONS}, 2) as p (place)""",
    }


def _feeds(size: Size) -> dict[str, str]:
    def draw(limit: int, what: str, *, of: str = "i") -> str:
        return f"cast(hash({of}, {size.seed}, '{what}') % {limit} as bigint)"

    def sku(number: str) -> str:
        return f"printf('S%07d', {number})"

    skus = f"range(1, {size.skus + 1}) as s (i)"
    kits = f"select i from range(50, {size.skus - 1}, 50) as s (i)"
    lines = f"(select l.n as i, n % {ACCOUNTS} + 1 as a from range({size.skus * ACCOUNTS}) as l (n))"
    old = f"(select l.n as i, n % {ACCOUNTS} + 1 as a from range({size.history_lines}) as l (n))"
    placed = f"timestamp '{AS_OF}' - to_minutes({draw(14_000, 'placed')} + 20)"
    long_ago = f"timestamp '{AS_OF}' - to_minutes({draw(490_000, 'old')} + 30000)"
    line = f"'shop' || a as _account, '1' as order_line, 'open' as order_status, {sku(draw(size.skus, 'sku') + ' + 1')} as sku"
    return {
        "locations": f"select printf('L%02d', l) as location_id, 'stock' as stock_account from range({LOCATIONS}) as t (l)",
        "products": f"select {sku('i')} as sku from {skus}",
        "kits": f"""
            select {sku("i")} as kit_sku, {sku("i + part")} as component_sku, part as component_qty
            from ({kits}) cross join range(1, 3) as p (part)""",
        "listings": f"""
            select 'shop' || a as channel_account, {sku("i")} as listing_id, {sku("i")} as channel_sku, {sku("i")} as sku,
                case when i % 10 = 3 then 3 else 1 end as units_per_listing, 'merchant' as fulfilled_by,
                'active' as listing_status
            from {skus} cross join range(1, {ACCOUNTS + 1}) as c (a)""",
        "stock_snapshots": f"""
            select timestamp '{AS_OF}' - to_minutes(30) as as_of_at, printf('L%02d', l) as location_id, {sku("i")} as sku,
                {draw(60, "stock", of="i, l")} as on_hand_qty,
                case when {draw(20, "hurt", of="i, l")} = 0 then 2 else 0 end as damaged_qty
            from {skus} cross join range({LOCATIONS}) as t (l) where i % 50 != 0""",
        "orders": f"""
            select {line}, 'O' || i as order_id, {placed} as ordered_at, {draw(3, "units")} + 1 as ordered_qty from {lines}
            union all by name
            select {line}, 'H' || i as order_id, {long_ago} as ordered_at, 1 as ordered_qty from {old}""",
        "allocations": f"""
            select 'A' || i as allocation_id, 'shop' || a as channel_account, 'O' || i as order_id,
                {sku(draw(size.skus, "sku") + " + 1")} as sku, printf('L%02d', {draw(LOCATIONS, "place")}) as location_id,
                1 as allocated_qty, {placed} + to_minutes(5) as allocated_at
            from {lines} where a <= {ACCOUNTS // 2} and {draw(10, "allocated")} < 3""",
        "shipments": f"""
            select 'P' || i as shipment_id, '1' as shipment_line, 'shop' || a as channel_account, 'H' || i as order_id,
                {sku(draw(size.skus, "sku") + " + 1")} as sku, 1 as shipped_qty,
                printf('L%02d', {draw(LOCATIONS, "place")}) as location_id, {long_ago} + to_hours(30) as shipped_at
            from {old}""",
        "holds": f"""
            select 'hold' || i as hold_id, {sku("i")} as sku, 'L00' as location_id, 2 as held_qty, 'cart' as hold_type,
                timestamp '{AS_OF}' - to_minutes(10) as held_at, 'shop2' as channel_account
            from {skus} where i % 200 = 7""",
    }  # fmt: skip
