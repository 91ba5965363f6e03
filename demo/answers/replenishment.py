"""What each purchasing location needs to order, from true demand, true stock and true supply.

Choices made here:
- One row per tracked SKU that is no kit and has at its purchasing location a stock record, a claim, demand or an open
  purchase order line. Kits are demanded and claimed as their parts; stock of built kits is no part of any position.
- Weeks begin on Monday; order dates are local to the account, the current week is the company's. History starts 52 weeks ago,
  or with the first demand or an earlier launch, whichever is later.
- A channel-fulfilled line without a channel location falls to the account's primary location; a line of an account that may sell
  from nowhere raises demand nowhere.
- Stock of a channel-fulfilled location enters as sellable less allocated, that is net of the channel's accepted orders.
- On order: lines of status open only. A service level above or below the quantile table's range is not foreseen.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from demo.answers.catalogue import Catalogue, local_date, most_specific
from demo.answers.order_book import OrderBook, read_orders
from demo.answers.order_outcomes import order_outcomes
from demo.answers.policies import ReplenishmentPolicy
from demo.answers.records import Facts, Product
from demo.answers.reorder_parameters import ReorderParameters, need_qty, reorder_parameters
from demo.answers.stock import ats, claims
from demo.answers.supply import LeadTime, Supply

HISTORY_WEEKS = 52
Key = tuple[str, str]


@dataclass(slots=True)
class StockPosition:
    """What is there and coming less what is owed, at one purchasing location, in stock units."""

    on_hand_qty: int = 0
    reserved_qty: int = 0
    committed_qty: int = 0
    backordered_qty: int = 0
    on_order_qty: int = 0
    in_transit_qty: int = 0

    @property
    def position_qty(self) -> int:
        """Inventory position, signed."""
        owed = self.reserved_qty + self.committed_qty + self.backordered_qty
        return self.on_hand_qty - owed + self.on_order_qty + self.in_transit_qty


@dataclass(frozen=True, slots=True)
class ReorderRow:
    """Grain: one SKU at one purchasing location; stock units. `weeks` is the demand history used, oldest first."""

    sku_id: str
    location_id: str
    need_qty: int
    parameters: ReorderParameters
    position: StockPosition
    lead_time: LeadTime
    review_days: float
    supplier_id: str | None
    weeks: tuple[int, ...]


def monday(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def weekly_demand(by_week: dict[date, int], launched_on: date | None, this_week: date) -> tuple[int, ...]:
    """Return demand of the complete weeks of history from Monday -> units, zeros filled in; empty without any demand."""
    if not by_week:
        return ()
    begun = [*by_week] if launched_on is None else [*by_week, monday(launched_on)]
    first = max(min(begun), this_week - timedelta(weeks=HISTORY_WEEKS))
    return tuple(by_week.get(first + timedelta(weeks=n), 0) for n in range((this_week - first).days // 7))


def demand_by_week(facts: Facts, book: OrderBook) -> dict[Key, dict[date, int]]:
    """Return (sku_id, purchasing location) -> Monday -> units demanded, kits as their parts."""
    demand: dict[Key, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    catalogue = book.catalogue
    homes: dict[tuple[str, str], str | None] = {}
    for outcome in order_outcomes(facts, book):
        for line in outcome.lines:
            seller = (outcome.channel_account, line.fulfilled_by)
            if seller not in homes:
                homes[seller] = catalogue.demand_location(outcome.channel_account, line.fulfilled_by)
            home = homes[seller]
            if home is not None:
                week = monday(line.order_date)
                for sku, units in catalogue.parts(line.sku_id).items():
                    demand[sku, catalogue.purchasing_location(home)][week] += line.demanded_qty * units
    return demand


def reorder_need(facts: Facts, book: OrderBook | None = None) -> list[ReorderRow]:
    """Return one row per SKU and purchasing location, by SKU and location."""
    book = book or read_orders(facts)
    catalogue, supply = book.catalogue, Supply(facts)
    demand = demand_by_week(facts, book)
    positions = _positions(facts, book, supply)
    keys = {
        (sku, location)
        for sku, location in [*demand, *positions]
        if sku not in catalogue.kits and catalogue.is_tracked(sku)
    }
    history = {key: _weeks(facts, catalogue, key[0], demand.get(key, {})) for key in sorted(keys)}
    return [_row(facts, supply, key, weeks, positions.get(key, StockPosition())) for key, weeks in history.items()]


def _weeks(facts: Facts, catalogue: Catalogue, sku: str, by_week: dict[date, int]) -> tuple[int, ...]:
    product = catalogue.products.get(sku)
    this_week = monday(local_date(facts.as_of, catalogue.company_zone))
    return weekly_demand(by_week, product.launched_on if product else None, this_week)


def _row(facts: Facts, supply: Supply, key: Key, weeks: tuple[int, ...], position: StockPosition) -> ReorderRow:
    sku, location = key
    product = supply.products.get(sku, Product(sku))
    policy = _policy(facts, location)
    service = most_specific(
        facts.policies.service_level, lambda row: (row.category, row.sku), (product.category, sku)
    ).service_level_rate
    supplier = supply.supplier_of(sku)
    lead, review = supply.lead_time(supplier, sku, policy), supply.review_days(supplier, policy)
    parameters = reorder_parameters(
        weeks, lead, lifecycle=product.lifecycle, review_days=review, service=service, ses_alpha=policy.ses_alpha_rate
    )
    need = need_qty(position.position_qty, parameters.reorder_point_qty, parameters.order_up_to_qty)
    return ReorderRow(sku, location, need, parameters, position, lead, review, supplier, weeks)


def _policy(facts: Facts, location: str) -> ReplenishmentPolicy:
    return most_specific(facts.policies.replenishment, lambda row: (row.location_id,), (location,))


def _positions(facts: Facts, book: OrderBook, supply: Supply) -> dict[Key, StockPosition]:
    catalogue = book.catalogue
    found: dict[Key, StockPosition] = defaultdict(StockPosition)
    for row in ats(facts, book):
        at = found[row.sku_id, catalogue.purchasing_location(row.location_id)]
        at.on_hand_qty += row.sellable_qty
        at.reserved_qty += row.reserved_qty
        at.committed_qty += row.allocated_qty
    for (account, sku), units in claims(facts, book).unplaced.items():
        home = catalogue.demand_location(account, "merchant")
        if home is not None:
            found[sku, catalogue.purchasing_location(home)].backordered_qty += units
    for transfer in facts.transfers:
        group = catalogue.purchasing_location(transfer.from_location_id)
        if group == catalogue.purchasing_location(transfer.to_location_id):
            found[transfer.sku_id, group].in_transit_qty += transfer.in_transit_qty
    _add_on_order(facts, catalogue, supply, found)
    return found


def _add_on_order(facts: Facts, catalogue: Catalogue, supply: Supply, found: dict[Key, StockPosition]) -> None:
    today = local_date(facts.as_of, catalogue.company_zone)
    for line in facts.purchase_order_lines:
        if line.status != "open" or line.ordered_at > facts.as_of:
            continue
        group = catalogue.purchasing_location(line.location_id)
        horizon = today + timedelta(days=_policy(facts, group).on_order_horizon_days)
        if line.promised_on is None or line.promised_on <= horizon:
            due = line.ordered_qty - line.cancelled_qty - supply.received.get((line.po_id, line.po_line), 0)
            found[line.sku_id, group].on_order_qty += max(0, due)
