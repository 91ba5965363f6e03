"""Who sells what from where: listings, kits, sourcing and policies looked up by key.

Choices made here:
- A channel SKU is matched by its listing, else by an equal SKU of ours, else it is taken to be our SKU; one unit each.
- An account sells from every location that serves a zone it ships to (see `zones`), each with its best priority among them. Its
  primary location is the one of best priority, the smallest id among equals.
- A location buys through `replenished_from_location_id` where it has one, one hop only, else by itself.
- A kit explodes to leaf parts; a kit that contains itself raises `ValueError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from demo.answers.policies import ANY
from demo.answers.records import Facts, FulfilledBy, Listing
from demo.answers.zones import served_from, zone_of, zones_reached

Row = TypeVar("Row")


def most_specific(rows: Iterable[Row], key_of: Callable[[Row], tuple[str, ...]], wanted: tuple[str | None, ...]) -> Row:
    """Return the row whose key fits `wanted` most exactly; exact beats `*`, leftmost first. LookupError when none fits."""
    best: tuple[tuple[bool, ...], Row] | None = None
    for row in rows:
        key = key_of(row)
        if all(part in (ANY, want) for part, want in zip(key, wanted, strict=True)):
            rank = tuple(part != ANY for part in key)
            if best is None or rank > best[0]:
                best = (rank, row)
    if best is None:
        raise LookupError(f"no policy row fits {wanted}; add one with the key {ANY}")
    return best[1]


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """Return the calendar date of a naive UTC instant in a zone."""
    return instant.replace(tzinfo=UTC).astimezone(zone).date()


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the naive UTC instant at which a local day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC).replace(tzinfo=None)


def order_key(order_id: str) -> str:
    """Return the form in which the feeds of one order agree on its id: no leading `#`, lower case."""
    return order_id.lstrip("#").lower()


def leaf_parts(components: dict[str, dict[str, int]], sku_id: str, above: tuple[str, ...] = ()) -> dict[str, int]:
    """Return leaf SKU -> units in one `sku_id`; a SKU that is no kit is its own only part."""
    if sku_id in above:
        raise ValueError(f"kit {sku_id!r} contains itself: {' > '.join((*above, sku_id))}")
    if sku_id not in components:
        return {sku_id: 1}
    parts: dict[str, int] = {}
    for component, quantity in components[sku_id].items():
        for leaf, units in leaf_parts(components, component, (*above, sku_id)).items():
            parts[leaf] = parts.get(leaf, 0) + units * quantity
    return parts


class Catalogue:
    """Look-ups over one `Facts`; built once, read many times, never changed."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.accounts = {account.account: account for account in facts.accounts}
        self.locations = {location.location_id: location for location in facts.locations}
        self.products = {product.sku_id: product for product in facts.products}
        self.zones = {account.account: ZoneInfo(account.time_zone) for account in facts.accounts}
        self.company_zone = ZoneInfo(facts.time_zone)
        self._listings = {(row.channel_account, row.channel_sku): row for row in facts.listings}
        components: dict[str, dict[str, int]] = {}
        for part in facts.kit_components:
            components.setdefault(part.kit_sku_id, {})[part.component_sku_id] = part.component_qty
        self.kits = {sku: leaf_parts(components, sku) for sku in components}
        self._channel_locations = {a.channel_location_id for a in facts.accounts if a.channel_location_id is not None}
        self._sourcing: dict[str, dict[str, int]] = {}
        self._serving: dict[tuple[str, str], dict[str, int]] = {}

    def listing(self, channel_account: str, channel_sku: str) -> Listing:
        """Return the listing of a channel SKU; one is made up for a SKU that nobody listed."""
        key = (channel_account, channel_sku)
        if key not in self._listings:
            self._listings[key] = Listing(channel_account, channel_sku, channel_sku, sku_id=channel_sku)
        return self._listings[key]

    def parts(self, sku_id: str) -> dict[str, int]:
        """Return leaf SKU -> units in one `sku_id`."""
        return self.kits.get(sku_id) or {sku_id: 1}

    def is_tracked(self, sku_id: str) -> bool:
        """Return whether the SKU has stock at all; a SKU without a product record has."""
        product = self.products.get(sku_id)
        return product is None or product.is_stock_tracked

    def sourcing(self, account: str) -> dict[str, int]:
        """Return location -> priority for the orders that the account's merchant ships."""
        if account not in self._sourcing:
            found: dict[str, int] = {}
            for zone in zones_reached(self.facts.policies, account):
                for location, priority in self.serving(account, zone).items():
                    found[location] = min(priority, found.get(location, priority))
            self._sourcing[account] = found
        return self._sourcing[account]

    def serving(self, account: str, zone: str) -> dict[str, int]:
        """Return location -> priority for the orders that the account's merchant ships to a zone."""
        key = (account, zone)
        if key not in self._serving:
            self._serving[key] = served_from(self.facts.policies, account, zone, self._open_locations())
        return self._serving[key]

    def only_choice(self, account: str, country: str | None, postcode: str | None) -> str | None:
        """Return the location of best priority for an address; None when there are several or none."""
        zone = zone_of(self.facts.policies.zone, country, postcode)
        serving = {} if zone is None else self.serving(account, zone)
        best = [place for place, priority in serving.items() if priority == min(serving.values())]
        return best[0] if len(best) == 1 else None

    def _open_locations(self) -> list[str]:
        return [
            row.location_id
            for row in self.facts.locations
            if row.is_active and not row.is_pickup_only and row.location_id not in self._channel_locations
        ]

    def nodes(self, account: str, fulfilled_by: FulfilledBy, zone: str | None = None) -> frozenset[str]:
        """Return the locations whose stock an offer of the account may promise, to a zone or to any that it ships to."""
        if fulfilled_by == "merchant":
            return frozenset(self.sourcing(account) if zone is None else self.serving(account, zone))
        known = self.accounts.get(account)
        return (
            frozenset()
            if known is None or known.channel_location_id is None
            else frozenset({known.channel_location_id})
        )

    def best_locations(self, account: str) -> list[str]:
        """Return the account's sourcing locations of best priority, by id."""
        sourcing = self.sourcing(account)
        best = min(sourcing.values(), default=0)
        return sorted(location for location, priority in sourcing.items() if priority == best)

    def purchasing_location(self, location_id: str) -> str:
        """Return the location that buys for this one."""
        location = self.locations.get(location_id)
        return location_id if location is None else location.replenished_from_location_id or location_id

    def demand_location(self, account: str, fulfilled_by: FulfilledBy) -> str | None:
        """Return the location at which an account's demand arises; None when it may sell from nowhere."""
        if fulfilled_by == "channel":
            for location in self.nodes(account, "channel"):
                return location
        best = self.best_locations(account)
        return best[0] if best else None
