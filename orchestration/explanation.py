"""One SKU's numbers to sell as steps that add up to them: the shape in which they are told, plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row behind a step; units as that row states them. `account`, `file` and `row` are None where no export states it."""

    kind: str
    quantity: int | None
    at: datetime | None
    account: str | None
    document: str | None
    detail: str | None
    file: str | None
    row: int | None
    of: str | None = None
    """The location or channel account it belongs to, where that is not the one explained."""


@dataclass(frozen=True, slots=True)
class Step:
    """One term: signed stock units, what is left after it, its words, and the rows behind it."""

    term: str
    title: str
    words: str
    next_step: str | None
    change_qty: int
    running_qty: int
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """A status with its words and what to do about it."""

    name: str
    title: str
    words: str
    next_step: str | None


@dataclass(frozen=True, slots=True)
class LocationNumber:
    """What one location may promise of the SKU, in stock units; `ats_qty` is None when stock is not tracked."""

    location_id: str
    ats_qty: int | None
    debt_qty: int
    status: Status
    snapshot_at: datetime | None
    feed_age_minutes: int | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class ZoneNumber:
    """How much of a listing's number may go to one zone, in stock units, and how many locations serve it."""

    zone: str
    locations_count: int
    ats_qty: int | None


@dataclass(frozen=True, slots=True)
class ListingNumber:
    """What one listing shows: `ats_qty` in stock units, `listing_qty` in the listing's own; None when stock is not tracked."""

    channel_account: str
    listing_id: str
    channel_sku: str
    fulfilled_by: str
    units_per_listing: int
    ats_qty: int | None
    listing_qty: int | None
    status: Status
    feed_age_minutes: int | None
    max_feed_age_minutes: int | None
    steps: tuple[Step, ...]
    zones: tuple[ZoneNumber, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything asked about one SKU at `as_of`; locations and listings by name."""

    sku_id: str
    as_of: datetime
    locations: tuple[LocationNumber, ...]
    listings: tuple[ListingNumber, ...]


class Asked(NamedTuple):
    """The SKU and, when given, the one location and channel account that the question is about."""

    sku_id: str
    location_id: str | None
    channel_account: str | None
