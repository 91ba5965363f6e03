"""Shopify orders exports: 79 columns (73 in the oldest file), order columns on an order's first row only."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demo.business import COUNTRIES, SALES_ACCOUNTS, SHOPIFY_EU, SHOPIFY_US, TEST_TAG
from demo.clock import DAY
from demo.exports.schedule import ORDER_EXPORTS, since
from demo.exports.statement import OrderRows, Statement, order_rows
from demo.exports.tables import Export, laid_out, money, offset_text, words
from demo.outcome import Outcome

_ADDRESS = ("Name", "Street", "Address1", "Address2", "Company", "City", "Zip", "Province", "Country", "Phone")
_HEAD = (
    "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at", "Accepts Marketing", "Currency",
    "Subtotal", "Shipping", "Taxes", "Total", "Discount Code", "Discount Amount", "Shipping Method", "Created at",
    "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem compare at price", "Lineitem sku",
    "Lineitem requires shipping", "Lineitem taxable", "Lineitem fulfillment status",
)  # fmt: skip
_TAIL = (
    "Notes", "Note Attributes", "Cancelled at", "Payment Method", "Payment Reference", "Refunded Amount", "Vendor",
    "Outstanding Balance", "Employee", "Location", "Device ID", "Id", "Tags", "Risk Level", "Source", "Lineitem discount",
    *(f"Tax {n} {part}" for n in range(1, 6) for part in ("Name", "Value")), "Phone", "Receipt Number", "Duties",
    "Billing Province Name", "Shipping Province Name", "Payment ID", "Payment Terms Name", "Next Payment Due At",
    "Payment References",
)  # fmt: skip
HEADER = (*_HEAD, *(f"Billing {a}" for a in _ADDRESS), *(f"Shipping {a}" for a in _ADDRESS), *_TAIL)
SINCE_2022 = ("Outstanding Balance", "Employee", "Location", "Device ID", "Payment ID", "Payment References")
TAX = {SHOPIFY_US: ("State Tax 7%", 0.07), SHOPIFY_EU: ("DE MwSt 19%", 0.19)}
DISCOUNT = 0.1
SPARSE = (SHOPIFY_EU, 1)
"""The export that went through a tool which blanks even name and date on an order's later rows."""
Floats = NDArray[np.float64]


def shopify_order_exports(outcome: Outcome, states: dict[int, Statement]) -> Iterator[Export]:
    """Yield the exports of both shops, oldest first."""
    for account in (SHOPIFY_US, SHOPIFY_EU):
        for number, at in enumerate(ORDER_EXPORTS):
            newest_first = account == SHOPIFY_US
            rows = order_rows(outcome, states[at], account, since(ORDER_EXPORTS, number), newest_first=newest_first)
            frame = _frame(outcome, states[at], rows, account)
            if number == 0:
                frame = frame.drop(SINCE_2022)
            if (account, number) == SPARSE:
                later = pl.col("Financial Status").is_null()
                frame = frame.with_columns(pl.when(~later).then(pl.col("Name", "Created at")))
            line_end = "\r\n" if account == SHOPIFY_EU else "\n"
            name = SALES_ACCOUNTS[account].name
            yield Export(name, "orders", "orders_export", at, frame, line_end=line_end, group="Name")


def _frame(outcome: Outcome, state: Statement, rows: OrderRows, account: int) -> pl.DataFrame:
    sales = SALES_ACCOUNTS[account]
    first = pl.Series(rows.is_first_of_order)
    cells = _line_cells(outcome, state, rows, account)
    for header, values in _order_cells(outcome, state, rows, account).items():
        cells[header] = words(values).set(~first, None)
    cells["Created at"] = offset_text(sales.time_zone, outcome.world.demand.ordered_at[rows.order])
    cells["Name"] = words(outcome.order_id[rows.order])
    cells["Email"] = "buyer" + pl.Series(rows.order).cast(pl.String) + "@example.com"
    return laid_out(HEADER, cells, len(rows.line))


def unit_prices(outcome: Outcome, account: int) -> Floats:
    """Return the price of one listed unit by offer, in the account's currency."""
    items, rate = outcome.world.catalogue.items, SALES_ACCOUNTS[account].rate
    return np.array([round(items[o.item].price * rate * o.units, 2) for o in outcome.world.catalogue.offers])


def _line_cells(outcome: Outcome, state: Statement, rows: OrderRows, account: int) -> dict[str, pl.Series]:
    catalogue, offer = outcome.world.catalogue, outcome.offer[rows.line]
    titles = np.array([catalogue.items[o.item].title for o in catalogue.offers])
    shipped, cancelled = state.shipped[rows.line], state.cancelled[rows.line]
    ships = outcome.ships[offer]
    done = (shipped > 0) & (shipped + cancelled >= outcome.ordered[rows.line])
    status = np.where(done | ~ships, "fulfilled", np.where(shipped > 0, "partial", "pending"))
    return {
        "Lineitem quantity": words(rows.units),
        "Lineitem name": words(titles[offer]),
        "Lineitem price": money(unit_prices(outcome, account)[offer]),
        "Lineitem sku": words(outcome.channel_sku[offer]),
        "Lineitem requires shipping": words(np.where(ships, "true", "false")),
        "Lineitem taxable": words(np.where(ships, "true", "false")),
        "Lineitem fulfillment status": words(status),
        "Lineitem discount": words(["0.00"] * len(rows.line)),
        "Vendor": words(["Northlight Goods"] * len(rows.line)),
    }


def _order_cells(outcome: Outcome, state: Statement, rows: OrderRows, account: int) -> dict[str, object]:
    sales, order, demand = SALES_ACCOUNTS[account], rows.order, outcome.world.demand
    cells: dict[str, object] = _money_cells(outcome, state, rows, account)
    called_off, shipped = state.called_off_at[order], state.shipped_units[order]
    done = (shipped > 0) & (state.open_units[order] == 0)
    fulfilled = np.where(done, "fulfilled", np.where(shipped > 0, "partial", "unfulfilled"))
    noted = order % 29 == 3
    return cells | {
        "Fulfillment Status": fulfilled,
        "Fulfilled at": offset_text(sales.time_zone, np.where(done, state.last_shipped_at[order], 0)),
        "Accepts Marketing": np.where(order % 3 == 0, "yes", "no"),
        "Currency": [sales.currency] * len(order),
        "Shipping Method": np.where(order % 4 == 0, "Express", "Standard Shipping"),
        "Billing Name": "Buyer " + pl.Series(order).cast(pl.String),
        "Billing Street": "1 Example Street, Suite " + pl.Series(order % 90).cast(pl.String),
        "Billing Address1": ["1 Example Street"] * len(order),
        "Billing City": ["Exampleton"] * len(order),
        "Billing Zip": ["'01234"] * len(order),
        "Billing Country": [COUNTRIES[account]] * len(order),
        "Shipping Name": "Buyer " + pl.Series(order).cast(pl.String),
        "Shipping Country": [COUNTRIES[account]] * len(order),
        "Notes": np.where(noted, 'Please ring twice,\nthen "leave it" at the door.', ""),
        "Note Attributes": np.where(noted, "gift: yes\ncard: Happy birthday", ""),
        "Cancelled at": offset_text(sales.time_zone, called_off),
        "Payment Method": np.where(order % 5 == 0, "manual", "card"),
        "Id": pl.Series(5_400_000_000_000 + order * 13).cast(pl.String),
        "Tags": np.where(
            demand.is_test[order], f"staff, {TEST_TAG.title()}", np.where(order % 7 == 0, "newsletter", "")
        ),
        "Risk Level": ["Low"] * len(order),
        "Source": ["web"] * len(order),
        "Outstanding Balance": ["0.00"] * len(order),
        "Payment ID": pl.Series(outcome.order_id[order]) + ".1",
        "Payment References": pl.Series(outcome.order_id[order]) + ".1",
    }


def _money_cells(outcome: Outcome, state: Statement, rows: OrderRows, account: int) -> dict[str, object]:
    """Return money and payment status. Tax stands on top of the total in one shop and inside it in the other."""
    sales, order, orders = SALES_ACCOUNTS[account], rows.order, outcome.world.demand.orders
    price = unit_prices(outcome, account)[outcome.offer[rows.line]]
    goods = np.bincount(order, weights=price * rows.units, minlength=orders).astype(np.float64)
    once = ~rows.is_second
    back_units = (state.returned + state.cancelled)[rows.line]
    refund = np.bincount(order[once], weights=(price * back_units)[once], minlength=orders)[order].astype(np.float64)
    discount: Floats = np.where(order % 12 == 5, np.round(goods[order] * DISCOUNT, 2), 0.0)
    subtotal = goods[order] - discount
    shipping: Floats = np.where(subtotal > 60, 0.0, 5.0)
    label, rate = TAX[account]
    inclusive = sales.tax_basis == "inclusive"
    taxes = np.round(subtotal * (rate / (1 + rate) if inclusive else rate), 2)
    total: Floats = subtotal + shipping + (0 if inclusive else taxes)
    called_off = state.called_off_at[order] > 0
    financial = _financial_status(outcome, state, rows, refund, total)
    refunded = np.where(
        financial == "refunded", total, np.where(financial == "partially_refunded", np.minimum(refund, total), 0.0)
    )
    paid_at = np.where(np.isin(financial, ("paid", "refunded")), outcome.world.demand.ordered_at[order] + 4, 0)
    return {
        "Financial Status": financial,
        "Paid at": offset_text(sales.time_zone, np.where(called_off & (financial == "paid"), 0, paid_at)),
        "Subtotal": money(subtotal),
        "Shipping": money(shipping),
        "Taxes": money(taxes),
        "Total": money(total),
        "Discount Code": np.where(discount > 0, "WELCOME10", ""),
        "Discount Amount": money(discount),
        "Refunded Amount": money(refunded),
        "Tax 1 Name": [label] * len(order),
        "Tax 1 Value": money(taxes),
    }


def _financial_status(
    outcome: Outcome, state: Statement, rows: OrderRows, refund: Floats, total: Floats
) -> NDArray[np.str_]:
    """Return the payment status; `refunded` only for orders that owe the customer nothing any more."""
    order = rows.order
    called_off, bank = state.called_off_at[order] > 0, state.called_off_by_bank[order]
    recent = (state.at - outcome.world.demand.ordered_at[order] < DAY) & (order % 23 == 0)
    alive = np.where(
        refund > 0,
        np.where((refund >= total - 5.0) & (state.open_units[order] == 0), "refunded", "partially_refunded"),
        np.where(recent, "pending", "paid"),
    )
    dead = np.where(bank, "voided", np.where(order % 11 == 0, "paid", "refunded"))
    return np.where(called_off, dead, alive)
