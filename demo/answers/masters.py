"""Master records of a company: accounts, locations, products, kits, suppliers, listings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

System = Literal["shopify", "amazon", "house"]
Lifecycle = Literal["new", "active", "ending", "discontinued"]
FulfilledBy = Literal["merchant", "channel"]


@dataclass(frozen=True, slots=True)
class Account:
    """One account of one source system; key `account`.

    `channel_location_id` is where the channel's own fulfilment keeps our stock (Amazon FBA), else None. Order dates and
    commit dates of the account's orders are dates in `time_zone`.
    """

    account: str
    system: System
    time_zone: str
    is_sales_channel: bool = True
    channel_location_id: str | None = None


@dataclass(frozen=True, slots=True)
class Location:
    """One place that holds stock; key `location_id`. `stock_account` is the account whose stock feed speaks for it."""

    location_id: str
    stock_account: str
    is_active: bool = True
    is_pickup_only: bool = False
    replenished_from_location_id: str | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """One of our SKUs, kits included; key `sku_id`."""

    sku_id: str
    category: str | None = None
    lifecycle: Lifecycle = "active"
    is_stock_tracked: bool = True
    launched_on: date | None = None


@dataclass(frozen=True, slots=True)
class KitComponent:
    """One part of a kit; key (`kit_sku_id`, `component_sku_id`). The component may itself be a kit."""

    kit_sku_id: str
    component_sku_id: str
    component_qty: int


@dataclass(frozen=True, slots=True)
class Supplier:
    """One supplier; key `supplier_id`. Days are calendar days; None means not declared."""

    supplier_id: str
    lead_time_days: float | None = None
    review_days: float | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class SupplierTerm:
    """What a supplier asks for a SKU; several price breaks may repeat the same (`supplier_id`, `sku_id`)."""

    supplier_id: str
    sku_id: str
    priority: int | None = None
    lead_time_days: float | None = None
    moq_qty: int | None = None
    order_multiple_qty: int | None = None
    price_break_qty: int = 1


@dataclass(frozen=True, slots=True)
class Listing:
    """One offer on a channel; key (`channel_account`, `listing_id`), and (`channel_account`, `channel_sku`) is unique too.

    `units_per_listing` stock units of `sku_id` make one unit as ordered. `is_active` is false for a listing switched off.
    """

    channel_account: str
    listing_id: str
    channel_sku: str
    sku_id: str
    units_per_listing: int = 1
    fulfilled_by: FulfilledBy = "merchant"
    is_active: bool = True
