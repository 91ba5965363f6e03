"""The company's policies: the rows of its policy files, and the same rows as the truth formulas read them.

Rates are fractions that binary numbers hold exactly, so that no result hangs on how somebody rounds.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

from demo.answers.policies import (
    ChannelPolicy,
    FillPolicy,
    NodePolicy,
    Policies,
    PromisePolicy,
    ReachPolicy,
    ReplenishmentPolicy,
    ServiceLevelPolicy,
    SourcingPolicy,
    ZonePolicy,
)
from demo.business import (
    CATEGORIES,
    LOCATIONS,
    SALES_ACCOUNTS,
    SOURCING,
    STORE,
    STREAM_US,
    STREAM_WEB,
    THREEPL,
)
from demo.catalogue import Catalogue
from demo.clock import AS_OF, day_of

Row = dict[str, Any]
_RECORDS: dict[str, type] = {
    "channel": ChannelPolicy,
    "fill": FillPolicy,
    "node": NodePolicy,
    "promise": PromisePolicy,
    "replenishment": ReplenishmentPolicy,
    "service_level": ServiceLevelPolicy,
    "reach": ReachPolicy,
    "sourcing": SourcingPolicy,
    "zone": ZonePolicy,
}
_EVER = date(2000, 1, 1)


def policy_rows(catalogue: Catalogue) -> dict[str, list[Row]]:
    """Return policy name -> rows with every column of its file."""
    return {
        "channel": _channel(catalogue),
        "fill": [
            _row("operations", "A release is what leaves within a day", first_release_hours=24, stock_wait_days=5,
                 unknown_cancel_counts_as="merchant"),
            _row("operations", "The Berlin desk releases over two days", channel_account="shopify_eu", first_release_hours=48,
                 stock_wait_days=5, unknown_cancel_counts_as="merchant"),
        ],
        "node": _node(catalogue),
        "promise": [
            _row("service", "No promise unless one is set below", handling_days=None, transit_days=None),
            _row("service", "As the shop's delivery page says", channel_account="shopify_us", handling_days=1, transit_days=5),
            _row("service", "As the shop's delivery page says", channel_account="shopify_eu", handling_days=2, transit_days=5),
            _row("service", "The marketplace's standard service", channel_account="amazon_us", handling_days=2, transit_days=6),
        ],
        "replenishment": [
            _row("purchasing", "Weekly ordering", review_days=7, default_lead_time_days=14, default_lead_time_cv_rate=0.25,
                 min_receipts_count=5, ses_alpha_rate=0.25, on_order_horizon_days=180),
            _row("purchasing", "Slower rhythm", location_id="3PL1", review_days=14, default_lead_time_days=14,
                 default_lead_time_cv_rate=0.25, min_receipts_count=5, ses_alpha_rate=0.25, on_order_horizon_days=180),
        ],
        "service_level": _service_levels(catalogue),
        "sourcing": [
            _row("operations", "Nearest first", channel_account=account.name, location_id=LOCATIONS[place],
                 zone="home" if place == STORE else "*", priority=priority)
            for account, places in zip(SALES_ACCOUNTS, SOURCING, strict=True)
            for place, priority in places
        ] + [
            _row("operations", "The store's parcels stay in the country", channel_account="web", location_id=LOCATIONS[STORE],
                 zone="home", priority=3),
        ],
        "zone": [
            _row("operations", "Everywhere that no row below names", country="*", postcode_prefix="*", zone="abroad"),
            _row("operations", "One customs area", country="US", postcode_prefix="*", zone="home"),
            _row("operations", "Islands, by sea", country="US", postcode_prefix="967", zone="abroad"),
        ],
        "reach": [
            _row("operations", "Every zone unless a row below says otherwise", channel_account="*", zone="*"),
            _row("operations", "The Berlin desk's shop sells outside the country", channel_account="shopify_eu", zone="abroad"),
            _row("operations", "Does not ship to where we are", channel_account="web", zone="abroad"),
            _row("operations", "Trade customers at home", channel_account="wholesale", zone="home"),
        ],
    }  # fmt: skip


def _row(owner: str, reason: str, *, start: date = _EVER, end: date | None = None, **columns: Any) -> Row:
    return columns | {"owner": owner, "reason": reason, "effective_from_on": start, "effective_to_on": end}


def _channel(catalogue: Catalogue) -> list[Row]:
    base: Row = {
        "mode": "exposure", "share_rate": 1, "channel_buffer_qty": 0, "cap_qty": None, "ring_fence_qty": 0, "debt_weight_rate": 1,
        "max_feed_age_minutes": 1440, "publish_delay_minutes": 15, "stale_quantile_rate": None,
    }  # fmt: skip

    def row(reason: str, account: str, sku: str = "*", **changes: Any) -> Row:
        return _row("operations", reason, channel_account=account, sku=sku, **(base | changes))

    web = _popular(catalogue, STREAM_WEB)
    rows = [
        row("The whole pool everywhere unless a row below says otherwise", "*"),
        row("A quarter stays for the home market", "shopify_eu", mode="percent", share_rate=0.75),
        row(
            "A late feed must not oversell the marketplace", "amazon_us", channel_buffer_qty=2, stale_quantile_rate=0.95
        ),
        row("Enough to look well stocked", "web", cap_qty=60),
        row(
            "Half the pool; cases wait for the next delivery",
            "wholesale",
            mode="percent",
            share_rate=0.5,
            debt_weight_rate=0,
        ),
    ]
    rows += [row("Promised to the web shop's campaign", "web", sku, cap_qty=60, ring_fence_qty=8) for sku in web[2:8]]
    rows += [row("Sold only on fresh numbers", "web", sku, max_feed_age_minutes=45) for sku in web[10:12]]
    rows += [
        row("Shelf in the shop window", "shopify_us", sku, channel_buffer_qty=5)
        for sku in _popular(catalogue, STREAM_US)[:4]
    ]
    rows.append(
        _row("operations", "Last year's campaign", start=date(2024, 11, 1), end=date(2025, 1, 1), channel_account="shopify_us",
             sku="*", **(base | {"channel_buffer_qty": 50}))
    )  # fmt: skip
    return rows


def _node(catalogue: Catalogue) -> list[Row]:
    fragile = sorted(catalogue.stocked[THREEPL])[:3]
    rows = [
        _row("operations", "No buffer unless a row below says otherwise", location_id="*", sku="*", node_buffer_qty=0,
             node_buffer_rate=0),
        _row("operations", "One unit against count error",
            start=date(2025, 6, 1), location_id="OWN1", sku="*", node_buffer_qty=1, node_buffer_rate=0),
        _row("operations", "Customers walk in", location_id="STORE1", sku="*", node_buffer_qty=0, node_buffer_rate=0.125),
        _row("operations", "Before the counts improved", start=date(2024, 1, 1), end=date(2025, 6, 1), location_id="OWN1",
             sku="*", node_buffer_qty=20, node_buffer_rate=0),
    ]  # fmt: skip
    return rows + [
        _row("operations", "Breaks in transit", location_id="3PL1", sku=catalogue.items[item].sku, node_buffer_qty=4,
             node_buffer_rate=0)
        for item in fragile
    ]  # fmt: skip


def _service_levels(catalogue: Catalogue) -> list[Row]:
    levels = {CATEGORIES[0].name: 0.975, CATEGORIES[3].name: 0.9, CATEGORIES[8].name: 0.98}
    rows = [_row("purchasing", "One stockout in twenty cycles", category="*", sku="*", service_level_rate=0.95)]
    rows += [
        _row("purchasing", "Set with the category's buyer", category=name, sku="*", service_level_rate=level)
        for name, level in levels.items()
    ]
    best = catalogue.items[0]
    return [
        *rows,
        _row(
            "purchasing", "Best seller", category=CATEGORIES[best.category].name, sku=best.sku, service_level_rate=0.99
        ),
    ]


def _popular(catalogue: Catalogue, stream: int) -> list[str]:
    """Return the SKUs of a stream's active listings of plain items, most popular first."""
    offers = [
        o for o in catalogue.offers
        if o.stream == stream and o.is_active and catalogue.items[o.item].is_tracked and not catalogue.items[o.item].is_kit
    ]  # fmt: skip
    return [catalogue.items[offer.item].sku for offer in sorted(offers, key=lambda offer: -offer.weight)]


def true_policies(rows: dict[str, list[Row]]) -> Policies:
    """Return the rows in force at the reporting instant as records."""
    today = day_of(AS_OF)
    in_force: dict[str, tuple[Any, ...]] = {}
    for name, record in _RECORDS.items():
        columns = {column.name for column in fields(record)}
        in_force[name] = tuple(
            record(**{key: value for key, value in row.items() if key in columns})
            for row in rows[name]
            if row["effective_from_on"] <= today and (row["effective_to_on"] is None or today < row["effective_to_on"])
        )
    return Policies(**in_force)
