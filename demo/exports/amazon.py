"""Amazon's reports: tab-separated, never quoted, in Windows-1252 because product names carry accents."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from demo.business import AMAZON, CARRIERS, FBA, SALES_ACCOUNTS, STREAM_FBA
from demo.clock import END, MINUTE
from demo.exports.schedule import OPERATION_EXPORTS, ORDER_EXPORTS, since
from demo.exports.shopify_orders import unit_prices
from demo.exports.statement import OrderRows, Statement, order_rows
from demo.exports.tables import Export, laid_out, money, utc_offset_text, words
from demo.numbering import FBA_RETURN_REASONS, tracking_number
from demo.outcome import Outcome
from demo.simulation.engine import SNAPSHOTS
from ingestion.systems import AMAZON as SYSTEM

ACCOUNT = SALES_ACCOUNTS[AMAZON].name
REPORT_ENCODING = "cp1252"
FBA_EXPORTS = (OPERATION_EXPORTS[0], END)
PENDING = 30 * MINUTE
_OLD_ORDER_HEADERS = frozenset({"url", "cpf", "address-type"})
_NEW_STOCK_HEADERS = ("afn-researching-quantity", "afn-reserved-future-supply", "afn-future-supply-buyable")


def _header(entity: str, without: frozenset[str] = frozenset()) -> list[str]:
    return [c.headers[0] for c in SYSTEM.feed(entity).columns if c.headers[0] not in without]


def _report(entity: str, at: int, frame: pl.DataFrame, group: str | None = None) -> Export:
    stem = SYSTEM.feed(entity).file_stem
    return Export(
        ACCOUNT, entity, stem, at, frame, "txt", "\t", REPORT_ENCODING, "\n" if entity == "orders" else "\r\n", group
    )


def amazon_exports(outcome: Outcome, states: dict[int, Statement]) -> Iterator[Export]:
    """Yield all Amazon reports."""
    for number, at in enumerate(ORDER_EXPORTS):
        rows = order_rows(outcome, states[at], AMAZON, since(ORDER_EXPORTS, number))
        yield _report("orders", at, _orders(outcome, states[at], rows), "amazon-order-id")
    for at in SNAPSHOTS[ACCOUNT][1:]:
        yield _report("fba_inventory", at, _stock(outcome, at))
    for number, at in enumerate(FBA_EXPORTS):
        after = since(FBA_EXPORTS, number)
        yield _report("fba_shipments", at, _shipments(outcome, after, at))
        yield _report("fba_returns", at, _returns(outcome, after, at))


def _first_statement(outcome: Outcome) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return by order when the first report that tells of it was taken."""
    exports = np.array(ORDER_EXPORTS)
    return exports[np.minimum(np.searchsorted(exports, outcome.world.demand.ordered_at), len(exports) - 1)]


def _orders(outcome: Outcome, state: Statement, rows: OrderRows) -> pl.DataFrame:
    demand, order, line = outcome.world.demand, rows.order, rows.line
    offers, items = outcome.world.catalogue.offers, outcome.world.catalogue.items
    offer = outcome.offer[line]
    ordered, shipped, cancelled = outcome.ordered[line], state.shipped[line], state.cancelled[line]
    dead = cancelled >= ordered
    item_status = np.where(
        dead, "Cancelled", np.where((shipped > 0) & (shipped + cancelled >= ordered), "Shipped", "Unshipped")
    )
    pending = state.at - demand.ordered_at[order] < PENDING
    open_units, units = state.open_units[order], state.shipped_units[order]
    live = np.where(
        units == 0, np.where(pending, "Pending", "Unshipped"), np.where(open_units == 0, "Shipped", "Shipping")
    )
    emptied = dead & (state.cancelled_at[line] > _first_statement(outcome)[order])
    price = np.where(dead | pending, -1.0, unit_prices(outcome, AMAZON)[offer] * rows.units)
    columns = {
        "amazon-order-id": words(outcome.order_id[order]),
        "purchase-date": utc_offset_text(demand.ordered_at[order]),
        "last-updated-date": utc_offset_text(state.changed_at[order]),
        "order-status": words(np.where((units == 0) & (open_units == 0), "Cancelled", live)),
        "fulfillment-channel": words(np.where(demand.stream[order] == STREAM_FBA, "Amazon", "Merchant")),
        "sales-channel": words(["Amazon.com"] * len(line)),
        "ship-service-level": words(["Standard"] * len(line)),
        "product-name": words(np.array([items[o.item].title for o in offers])[offer]),
        "sku": words(outcome.channel_sku[offer]),
        "asin": words(np.array([o.asin for o in offers])[offer]),
        "item-status": words(item_status),
        "quantity": words(np.where(emptied, 0, rows.units)),
        "currency": words(np.where(price < 0, "", "USD")),
        "item-price": money(price).set(pl.Series(price < 0), None),
        "item-tax": money(np.maximum(price, 0) * 0.07).set(pl.Series(price < 0), None),
        "ship-city": words(["Exampleton"] * len(line)),
        "ship-country": words(["US"] * len(line)),
        "is-business-order": words(np.where(order % 9 == 0, "true", "false")),
    }
    return laid_out(_header("orders", _OLD_ORDER_HEADERS), columns, len(line))


def _stock(outcome: Outcome, at: int) -> pl.DataFrame:
    """Return the FBA stock report. Offers over one FNSKU repeat the same pool; two FNSKUs of an item share its units."""
    snapshot, catalogue = outcome.world.snapshots[ACCOUNT, at], outcome.world.catalogue
    offers = [offer for offer in catalogue.offers if offer.stream == STREAM_FBA]
    labels: dict[int, list[str]] = {}
    for offer in offers:
        if offer.fnsku not in labels.setdefault(offer.item, []):
            labels[offer.item].append(offer.fnsku)
    free, on_hand, damaged = snapshot.free[FBA], snapshot.states[0][FBA], snapshot.states[1][FBA]

    def share(number: int, position: int, of: int) -> int:
        return number // of + (number % of if position == 0 else 0)

    cells: dict[str, list[int]] = {"fulfillable": [], "unsellable": [], "reserved": []}
    for offer in offers:
        position, of = labels[offer.item].index(offer.fnsku), len(labels[offer.item])
        cells["fulfillable"].append(share(free[offer.item], position, of))
        cells["unsellable"].append(share(damaged[offer.item], position, of))
        cells["reserved"].append(share(on_hand[offer.item] - damaged[offer.item] - free[offer.item], position, of))
    total = [sum(row) for row in zip(*cells.values(), strict=True)]
    columns = {
        "sku": words([o.channel_sku for o in offers]),
        "fnsku": words([o.fnsku for o in offers]),
        "asin": words([o.asin for o in offers]),
        "product-name": words([catalogue.items[o.item].title for o in offers]),
        "condition": words(["New"] * len(offers)),
        "your-price": money([catalogue.items[o.item].price for o in offers]),
        "mfn-listing-exists": words(["No"] * len(offers)),
        "afn-listing-exists": words(["Yes"] * len(offers)),
        "afn-warehouse-quantity": words(np.array(total)),
        "afn-fulfillable-quantity": words(np.array(cells["fulfillable"])),
        "afn-unsellable-quantity": words(np.array(cells["unsellable"])),
        "afn-reserved-quantity": words(np.array(cells["reserved"])),
        "afn-total-quantity": words(np.array(total)),
    }
    oldest = at == SNAPSHOTS[ACCOUNT][1]
    return laid_out(_header("fba_inventory", frozenset(_NEW_STOCK_HEADERS if oldest else ())), columns, len(offers))


def _shipments(outcome: Outcome, after: int, at: int) -> pl.DataFrame:
    log, parcels, demand = outcome.world.journal.shipments, outcome.parcels, outcome.world.demand
    shipped_at = log.array("at")
    mine = np.flatnonzero((log.array("location") == FBA) & (shipped_at > after) & (shipped_at <= at))
    line, parcel, quantity = log.array("line")[mine], log.array("parcel")[mine], log.array("qty")[mine]
    order, offer = outcome.line_order[line], outcome.offer[line]
    items, offers = outcome.world.catalogue.items, outcome.world.catalogue.offers
    number = parcels.line_number[mine]
    columns = {
        "amazon-order-id": words(outcome.order_id[order]),
        "shipment-id": "D" + pl.Series(parcel + 700_000_000).cast(pl.String),
        "shipment-item-id": "D"
        + pl.Series(parcel + 700_000_000).cast(pl.String)
        + pl.Series(number).cast(pl.String).str.zfill(3),
        "amazon-order-item-id": pl.Series(line + 40_000_000_000_000).cast(pl.String),
        "purchase-date": utc_offset_text(demand.ordered_at[order]),
        "payments-date": utc_offset_text(demand.ordered_at[order]),
        "shipment-date": utc_offset_text(shipped_at[mine]),
        "reporting-date": utc_offset_text(shipped_at[mine]),
        "buyer-email": "b" + pl.Series(order).cast(pl.String) + "@example.com",
        "sku": words(outcome.channel_sku[offer]),
        "product-name": words(np.array([items[o.item].title for o in offers])[offer]),
        "quantity-shipped": words(quantity),
        "currency": words(["USD"] * len(mine)),
        "item-price": money(unit_prices(outcome, AMAZON)[offer] * quantity),
        "ship-service-level": words(["Standard"] * len(mine)),
        "ship-country": words(["US"] * len(mine)),
        "carrier": words(np.array(CARRIERS)[parcels.carrier[mine]]),
        "tracking-number": words([tracking_number(n) for n in parcels.tracking[mine].tolist()]),
        "estimated-arrival-date": utc_offset_text(parcels.estimated_at[mine]),
        "fulfillment-center-id": words(["FCX1"] * len(mine)),
        "fulfillment-channel": words(["AFN"] * len(mine)),
        "sales-channel": words(["Amazon.com"] * len(mine)),
    }
    return laid_out(_header("fba_shipments", frozenset({"points-granted"})), columns, len(mine))


def _returns(outcome: Outcome, after: int, at: int) -> pl.DataFrame:
    log = outcome.world.journal.returns
    received = log.array("received_at")
    mine = np.flatnonzero((log.array("location") == FBA) & (received > after) & (received <= at))
    line = log.array("line")[mine]
    offer, offers, items = outcome.offer[line], outcome.world.catalogue.offers, outcome.world.catalogue.items
    damaged = log.array("disposition")[mine] == 1
    columns = {
        "return-date": utc_offset_text(received[mine]),
        "order-id": words(outcome.order_id[outcome.line_order[line]]),
        "sku": words(outcome.channel_sku[offer]),
        "asin": words(np.array([o.asin for o in offers])[offer]),
        "fnsku": words(np.array([o.fnsku for o in offers])[offer]),
        "product-name": words(np.array([items[o.item].title for o in offers])[offer]),
        "quantity": words(log.array("qty")[mine]),
        "fulfillment-center-id": words(["FCX1"] * len(mine)),
        "detailed-disposition": words(np.where(damaged, "CUSTOMER_DAMAGED", "SELLABLE")),
        "reason": words(np.array(FBA_RETURN_REASONS)[log.array("reason")[mine]]),
        "status": words(np.where(damaged, "Reimbursed", "Unit returned to inventory")),
        "license-plate-number": "LPN" + pl.Series(mine + 50_000_000).cast(pl.String),
    }
    return laid_out(_header("fba_returns"), columns, len(mine))
