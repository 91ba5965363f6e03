"""The facts that the truth formulas read: what really happened in a company up to one instant.

Whoever knows the truth (the demo simulation, a worked case in a test) fills these records and hands over one `Facts`: no
duplicate statements, stock as it physically is at `as_of` and not as the last export said. Later events do no harm.

Units: `*_listing_qty` counts units as ordered, in the channel's SKU (a six-pack is one); every other `*_qty` counts stock
units of `sku_id`. Instants (`*_at`) are naive UTC datetimes; `*_on` are local business dates. Money plays no part here.

The large collections of `Facts` (order lines, cancellations, allocations, shipments, returns) are read once per answer,
front to back: pass tuples, lists, or any object whose `__iter__` starts a fresh generator; a used-up generator will not do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from demo.answers.holds import Hold, Transfer
from demo.answers.late_feeds import StockLoss
from demo.answers.masters import (
    Account,
    FulfilledBy,
    KitComponent,
    Lifecycle,
    Listing,
    Location,
    Product,
    Supplier,
    SupplierTerm,
    System,
)
from demo.answers.policies import Policies

__all__ = [
    "Account",
    "Allocation",
    "Cancellation",
    "Facts",
    "FulfilledBy",
    "Hold",
    "KitComponent",
    "Lifecycle",
    "Listing",
    "Location",
    "OrderLine",
    "Position",
    "Product",
    "PurchaseOrderLine",
    "Receipt",
    "ReturnLine",
    "Shipment",
    "StockBasis",
    "StockLoss",
    "Supplier",
    "SupplierTerm",
    "System",
    "Transfer",
]

StockBasis = Literal["on_hand", "available_net"]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One SKU of one customer order; key (`channel_account`, `order_id`, `channel_sku`), repeated lines are added up.

    `ordered_listing_qty` is never reduced by a cancellation. `promised_on` is the delivery date promised to the customer.
    `fulfilled_by` is a property of the line, because one SKU may be sold both ways.
    """

    channel_account: str
    order_id: str
    channel_sku: str
    ordered_at: datetime
    ordered_listing_qty: int
    fulfilled_by: FulfilledBy = "merchant"
    is_test: bool = False
    requires_shipping: bool = True
    is_preorder: bool = False
    release_on: date | None = None
    promised_on: date | None = None
    ship_country: str | None = None
    ship_postcode_prefix: str | None = None


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Units of an order line that were cancelled.

    `reason` is one of customer, payment, fraud (the customer's side), out_of_stock, could_not_find, other (ours) or unknown.
    `cancelled_at` None means that nobody wrote the instant down.
    """

    channel_account: str
    order_id: str
    channel_sku: str
    cancelled_listing_qty: int
    reason: str
    cancelled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Allocation:
    """Units of an order line placed on a location; key `allocation_id`. `ended_at` is a release without shipping."""

    allocation_id: str
    channel_account: str
    order_id: str
    channel_sku: str
    location_id: str
    allocated_listing_qty: int
    allocated_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shipment:
    """Units of an order line handed over in one parcel.

    `is_tracked` says whether deliveries of this shipment are reported at all (false for the channel's own fulfilment and for
    accounts that only state an order status). `documents_ok` None is judged by the tracking number. `estimated_arrival_at`
    is the channel's own promise, the commit date of orders it fulfils. `location_id` None: only the order's status tells of it.
    """

    channel_account: str
    order_id: str
    channel_sku: str
    location_id: str | None
    shipped_listing_qty: int
    shipped_at: datetime
    is_tracked: bool = True
    tracking_number: str | None = None
    delivered_at: datetime | None = None
    damaged_listing_qty: int = 0
    documents_ok: bool | None = None
    estimated_arrival_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """Units of an order line that came back; `style` is the feed that tells of it.

    House returns pass through received, graded and disposition (sellable, damaged, quality_control, scrap); FBA returns have
    only `received_at`, the return date. `is_damage_reason` is true when the customer's reason says that the goods arrived
    damaged. `known_at` is the instant from which the return is on record (requested, else received); one after `as_of`
    does not count yet.
    """

    channel_account: str
    order_id: str
    channel_sku: str
    returned_listing_qty: int
    known_at: datetime
    is_damage_reason: bool = False
    style: Literal["house", "fba"] = "house"
    reason: str | None = None
    location_id: str | None = None
    received_at: datetime | None = None
    graded_at: datetime | None = None
    disposition: str | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """TRUE stock of one SKU at one location at `as_of`; key (`location_id`, `sku_id`).

    Basis `on_hand`: `on_hand_qty` is the book quantity in whatever state and the states name the part of it that cannot be
    sold; `reserved_qty` is kept back for a purpose other than an order and is no `Hold`. Basis `available_net`
    (channel-fulfilled locations): `on_hand_qty` is the physically sellable stock less every unit of the channel's orders
    already accepted and not yet shipped; it goes below zero when the channel has sold more than it has; all states are 0.
    `stated_at` is the instant of the newest stock export that states this record; None means the feed instant of the
    location's stock account.
    """

    location_id: str
    sku_id: str
    on_hand_qty: int
    damaged_qty: int = 0
    quality_control_qty: int = 0
    returned_qty: int = 0
    expiring_qty: int = 0
    consigned_qty: int = 0
    other_unavailable_qty: int = 0
    reserved_qty: int = 0
    basis: StockBasis = "on_hand"
    stated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PurchaseOrderLine:
    """One line sent to a supplier; key (`po_id`, `po_line`). `promised_on` is the supplier's first promise."""

    po_id: str
    po_line: str
    supplier_id: str
    sku_id: str
    location_id: str
    ordered_qty: int
    ordered_at: datetime
    cancelled_qty: int = 0
    promised_on: date | None = None
    status: Literal["open", "closed", "cancelled"] = "open"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Units received against a purchase order line, damaged ones included; one row per receipt line."""

    po_id: str
    po_line: str
    received_qty: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is true of one company at `as_of` (naive UTC); `time_zone` is the company's.

    `stock_stated_at`: stock account -> instant of its newest stock export. `orders_stated_at`: channel account -> instant of
    its newest orders export; an account that never exported orders is left out.
    """

    as_of: datetime
    time_zone: str
    policies: Policies = field(default_factory=Policies)
    accounts: tuple[Account, ...] = ()
    locations: tuple[Location, ...] = ()
    products: tuple[Product, ...] = ()
    kit_components: tuple[KitComponent, ...] = ()
    suppliers: tuple[Supplier, ...] = ()
    supplier_terms: tuple[SupplierTerm, ...] = ()
    listings: tuple[Listing, ...] = ()
    order_lines: Iterable[OrderLine] = ()
    cancellations: Iterable[Cancellation] = ()
    allocations: Iterable[Allocation] = ()
    shipments: Iterable[Shipment] = ()
    returns: Iterable[ReturnLine] = ()
    positions: tuple[Position, ...] = ()
    losses: tuple[StockLoss, ...] = ()
    purchase_order_lines: tuple[PurchaseOrderLine, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    holds: tuple[Hold, ...] = ()
    stock_stated_at: Mapping[str, datetime] = field(default_factory=dict)
    orders_stated_at: Mapping[str, datetime] = field(default_factory=dict)
