"""The company's policies as the truth formulas read them, with the shipped defaults as the defaults of each record.

Records have the columns of the policy CSVs that take part in a formula. `*` is a wildcard; the most specific row wins, and
the leftmost key column counts most. Only rows in force at `as_of` belong here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ANY = "*"


@dataclass(frozen=True, slots=True)
class ChannelPolicy:
    """How much of the pool a channel shows; key (`channel_account`, `sku`). Quantities are stock units."""

    channel_account: str = ANY
    sku: str = ANY
    mode: Literal["exposure", "percent", "fair_share", "priority"] = "exposure"
    share_rate: float = 1.0
    share_weight: int = 1
    priority_rank: int = 1
    need_qty: int | None = None
    need_days: float | None = None
    channel_buffer_qty: int = 0
    cap_qty: int | None = None
    ring_fence_qty: int = 0
    debt_weight_rate: float = 1.0
    max_feed_age_minutes: int = 1440
    publish_delay_minutes: int = 15
    stale_quantile_rate: float | None = None
    kit_parts_from: Literal["one_location", "any_location"] = "one_location"


@dataclass(frozen=True, slots=True)
class FillPolicy:
    """What counts as filled from stock; key `channel_account`."""

    channel_account: str = ANY
    first_release_hours: float = 24
    stock_wait_days: float = 5
    unknown_cancel_counts_as: Literal["merchant", "customer"] = "merchant"


@dataclass(frozen=True, slots=True)
class NodePolicy:
    """Stock held back at a location against count error; key (`location_id`, `sku`)."""

    location_id: str = ANY
    sku: str = ANY
    node_buffer_qty: int = 0
    node_buffer_rate: float = 0.0
    selling: Literal["open", "closed"] = "open"


@dataclass(frozen=True, slots=True)
class PromisePolicy:
    """The promise made by accounts whose orders carry none, in calendar days; key `channel_account`."""

    channel_account: str = ANY
    handling_days: int | None = None
    transit_days: int | None = None


@dataclass(frozen=True, slots=True)
class ReplenishmentPolicy:
    """How a purchasing location orders; key `location_id`."""

    location_id: str = ANY
    review_days: float = 7
    default_lead_time_days: float = 14
    default_lead_time_cv_rate: float = 0.3
    min_receipts_count: int = 5
    ses_alpha_rate: float = 0.2
    on_order_horizon_days: int = 180


@dataclass(frozen=True, slots=True)
class ServiceLevelPolicy:
    """Probability of no stockout in a cycle; key (`category`, `sku`)."""

    category: str = ANY
    sku: str = ANY
    service_level_rate: float = 0.95


@dataclass(frozen=True, slots=True)
class SourcingPolicy:
    """From where an account may sell to a zone; key (`channel_account`, `location_id`, `zone`), 1 is the first choice."""

    channel_account: str = ANY
    location_id: str = ANY
    priority: int = 1
    zone: str = ANY


@dataclass(frozen=True, slots=True)
class ZonePolicy:
    """The zone of an address; key (`country`, `postcode_prefix`)."""

    country: str = ANY
    postcode_prefix: str = ANY
    zone: str = "everywhere"


@dataclass(frozen=True, slots=True)
class ReachPolicy:
    """A zone that an account ships to; key (`channel_account`, `zone`)."""

    channel_account: str = ANY
    zone: str = ANY


@dataclass(frozen=True, slots=True)
class Policies:
    """All policy rows in force at one instant; each tuple should hold a row with wildcard keys only."""

    channel: tuple[ChannelPolicy, ...] = (ChannelPolicy(),)
    fill: tuple[FillPolicy, ...] = (FillPolicy(),)
    node: tuple[NodePolicy, ...] = (NodePolicy(),)
    promise: tuple[PromisePolicy, ...] = (PromisePolicy(),)
    replenishment: tuple[ReplenishmentPolicy, ...] = (ReplenishmentPolicy(),)
    service_level: tuple[ServiceLevelPolicy, ...] = (ServiceLevelPolicy(),)
    sourcing: tuple[SourcingPolicy, ...] = (SourcingPolicy(),)
    zone: tuple[ZonePolicy, ...] = (ZonePolicy(),)
    reach: tuple[ReachPolicy, ...] = (ReachPolicy(),)
