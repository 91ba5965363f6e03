"""The facts of the finished year for the truth formulas, taken from the simulation's own state and never from an export."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Generic, TypeVar

from demo.answers.policies import Policies
from demo.answers.records import (
    Allocation,
    Cancellation,
    Facts,
    OrderLine,
    Position,
    PurchaseOrderLine,
    Receipt,
    ReturnLine,
    Shipment,
    StockLoss,
    Supplier,
    Transfer,
)
from demo.business import (
    COUNTRIES,
    FBA,
    LOCATIONS,
    SALES_ACCOUNTS,
    STREAM_FBA,
    SUPPLIERS,
    TIME_ZONE,
)
from demo.catalogue import Catalogue
from demo.clock import AS_OF, as_datetime, date_of_number
from demo.kept_back import holds, waiting_transfers
from demo.master_facts import Masters
from demo.numbering import (
    FBA_RETURN_REASONS,
    allocation_id,
    purchase_line_numbers,
    purchase_number,
    tracking_number,
    transfer_number,
)
from demo.outcome import Outcome
from demo.simulation.desk import HOUSE_RETURN_REASONS
from demo.simulation.engine import SNAPSHOTS
from demo.simulation.fulfilment import writes_allocations
from demo.simulation.journal import DISPOSITIONS, ON_HAND, REASONS
from demo.simulation.stock import Snapshot

DAMAGE_REASONS = frozenset({"damaged_in_transit", "DAMAGED_BY_CARRIER", "DAMAGED_BY_FC"})
Key = tuple[str, str, str]
"""Account, order id, channel SKU."""
Errors = dict[tuple[int, int], int]
"""(location, item) -> physical less book units: what a count would still find at the reporting instant."""

T = TypeVar("T")


class Rows(Generic[T]):
    """A collection that is made anew each time it is read, so that a million rows need no memory."""

    def __init__(self, read: Callable[[], Iterator[T]]) -> None:
        self._read = read

    def __iter__(self) -> Iterator[T]:
        return self._read()


def _when(seconds: int) -> datetime | None:
    return as_datetime(seconds) if seconds else None


def true_facts(outcome: Outcome, policies: Policies, errors: Errors, orders_stated_at: dict[str, int]) -> Facts:
    """Return everything that is true at the reporting instant; `orders_stated_at` is by account the newest orders export."""
    history = _History(outcome)
    masters = Masters(outcome.world.catalogue)
    return Facts(
        as_of=as_datetime(AS_OF),
        time_zone=TIME_ZONE,
        policies=policies,
        accounts=masters.accounts(),
        locations=masters.locations(),
        products=masters.products(),
        kit_components=masters.kit_components(),
        suppliers=tuple(Supplier(s.supplier_id, s.declared, s.review) for s in SUPPLIERS),
        supplier_terms=masters.supplier_terms(),
        listings=masters.listings(),
        order_lines=Rows(history.order_lines),
        cancellations=Rows(history.cancellations),
        allocations=Rows(history.allocations),
        shipments=Rows(history.shipments),
        returns=Rows(history.returns),
        positions=positions_at(outcome.world.catalogue, outcome.world.closing, errors),
        losses=tuple(_losses(outcome)),
        purchase_order_lines=tuple(_purchase_lines(outcome)),
        receipts=tuple(_receipts(outcome)),
        transfers=(*_transfers(outcome), *waiting_transfers(outcome.world.catalogue)),
        holds=holds(outcome.world.catalogue),
        stock_stated_at={account: as_datetime(instants[-1]) for account, instants in SNAPSHOTS.items()},
        orders_stated_at={account: as_datetime(at) for account, at in orders_stated_at.items()},
    )


class _History:
    """What happened to orders; every method is a fresh pass over the logs."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome, self.journal = outcome, outcome.world.journal
        names = [account.name for account in SALES_ACCOUNTS]
        orders = outcome.order_id.tolist()
        skus = [offer.channel_sku for offer in outcome.world.catalogue.offers]
        accounts = outcome.world.demand.account.tolist()
        self.offer = outcome.world.offer
        self.order = outcome.line_order.tolist()
        self.account = accounts
        self.key = [
            (names[accounts[order]], orders[order], skus[offer])
            for order, offer in zip(self.order, self.offer, strict=True)
        ]

    def order_lines(self) -> Iterator[OrderLine]:
        demand, outcome = self.outcome.world.demand, self.outcome
        placed, tests = demand.ordered_at.tolist(), demand.is_test.tolist()
        streams, release = demand.stream.tolist(), demand.release_day.tolist()
        ships, promised = outcome.ships.tolist(), outcome.promised_day.tolist()
        for line, quantity in enumerate(outcome.world.ordered):
            order = self.order[line]
            if quantity:
                yield OrderLine(
                    *self.key[line], as_datetime(placed[order]), quantity,
                    "channel" if streams[order] == STREAM_FBA else "merchant", tests[order], ships[self.offer[line]],
                    release[order] >= 0, date_of_number(release[order]) if release[order] >= 0 else None,
                    date_of_number(promised[order]) if promised[order] else None, COUNTRIES[self.account[order]],
                )  # fmt: skip

    def cancellations(self) -> Iterator[Cancellation]:
        log = self.journal.cancels
        for line, quantity, reason, at in zip(log["line"], log["qty"], log["reason"], log["at"], strict=True):
            yield Cancellation(*self.key[line], quantity, REASONS[reason], as_datetime(at))

    def allocations(self) -> Iterator[Allocation]:
        log = self.journal.allocations
        columns = (log["line"], log["location"], log["qty"], log["at"], log["ended_at"])
        for row, (line, location, quantity, at, ended) in enumerate(zip(*columns, strict=True)):
            if writes_allocations(self.account[self.order[line]]):
                yield Allocation(
                    allocation_id(row), *self.key[line], LOCATIONS[location], quantity, as_datetime(at), _when(ended)
                )

    def shipments(self) -> Iterator[Shipment]:
        log, parcels = self.journal.shipments, self.outcome.parcels
        columns = (
            log["line"], log["location"], log["qty"], log["at"], parcels.tracking.tolist(), parcels.delivered_at.tolist(),
            parcels.damaged.tolist(), parcels.documents.tolist(), parcels.estimated_at.tolist(),
        )  # fmt: skip
        for line, place, quantity, at, tracking, delivered, damaged, documents, estimated in zip(*columns, strict=True):
            own = place != FBA
            key: Key = self.key[line]
            yield Shipment(
                *key, LOCATIONS[place], quantity, as_datetime(at), own, tracking_number(tracking) or None,
                _when(delivered) if own else None, damaged if own else 0,
                bool(documents) if own and documents >= 0 else None, None if own else as_datetime(estimated),
            )  # fmt: skip

    def returns(self) -> Iterator[ReturnLine]:
        log = self.journal.returns
        columns = (log[name] for name in log.columns)
        for line, place, quantity, asked, received, graded, disposition, cause in zip(*columns, strict=True):
            house = place != FBA
            reason = HOUSE_RETURN_REASONS[cause] if house else FBA_RETURN_REASONS[cause]
            outcome = DISPOSITIONS[disposition] if disposition >= 0 else None
            key: Key = self.key[line]
            yield ReturnLine(
                *key, quantity, as_datetime(asked), reason in DAMAGE_REASONS, "house" if house else "fba", reason,
                LOCATIONS[place], _when(received), _when(graded) if house else None, outcome,
            )  # fmt: skip


def positions_at(catalogue: Catalogue, shelves: Snapshot, errors: Errors) -> tuple[Position, ...]:
    """Return the shelves at one instant as stock records; the marketplace's own are net of its orders."""
    items, rows = catalogue.items, []
    for place, stocked in enumerate(catalogue.stocked):
        for item in sorted(stocked):
            off = errors.get((place, item), 0)
            if place == FBA:
                rows.append(
                    Position(LOCATIONS[place], items[item].sku, shelves.free[place][item] + off, basis="available_net")
                )
                continue
            on_hand, damaged, held, returned, expiring, consigned = (state[place][item] for state in shelves.states)
            rows.append(
                Position(
                    LOCATIONS[place], items[item].sku, on_hand + off, damaged, held, returned, expiring, consigned,
                    reserved_qty=shelves.reserved[place][item],
                )
            )  # fmt: skip
    return tuple(rows)


def _losses(outcome: Outcome) -> Iterator[StockLoss]:
    log, items = outcome.world.journal.movements, outcome.world.catalogue.items
    lost: dict[tuple[int, int, int], int] = defaultdict(int)
    for at, place, item, state, quantity in zip(
        log["at"], log["location"], log["item"], log["state"], log["qty"], strict=True
    ):
        lost[at, place, item] -= quantity if state == ON_HAND else -quantity
    for (at, place, item), units in lost.items():
        if units > 0:
            yield StockLoss(LOCATIONS[place], items[item].sku, units, as_datetime(at))


def _purchase_lines(outcome: Outcome) -> Iterator[PurchaseOrderLine]:
    log, items = outcome.world.journal.purchases, outcome.world.catalogue.items
    numbers = purchase_line_numbers(outcome)
    for row, (po, supplier, item, place, quantity, at, promised, cancelled, closed) in enumerate(
        zip(*(log[name] for name in log.columns), strict=True)
    ):
        yield PurchaseOrderLine(
            purchase_number(po), str(numbers[row]), SUPPLIERS[supplier].supplier_id, items[item].sku, LOCATIONS[place], quantity,
            as_datetime(at), cancelled, date_of_number(promised) if promised else None, "closed" if closed else "open",
        )  # fmt: skip


def _receipts(outcome: Outcome) -> Iterator[Receipt]:
    log, purchases = outcome.world.journal.receipts, outcome.world.journal.purchases
    numbers = purchase_line_numbers(outcome)
    for row, quantity, at in zip(log["purchase"], log["qty"], log["at"], strict=True):
        yield Receipt(purchase_number(purchases["po"][row]), str(numbers[row]), quantity, as_datetime(at))


def _transfers(outcome: Outcome) -> Iterator[Transfer]:
    log, items = outcome.world.journal.transfers, outcome.world.catalogue.items
    for reference, item, source, target, sent, received in zip(*(log[name] for name in log.columns), strict=True):
        if sent > received:
            yield Transfer(
                transfer_number(reference), items[item].sku, LOCATIONS[source], LOCATIONS[target], sent - received
            )
