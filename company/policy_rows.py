"""What one row of each policy table holds: its keys, its values, who decided it and when it is in force."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

WILDCARD = "*"


def _iso_date(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError(f"{value!r} is not a date; write one like 2026-11-20")
    return value


Key = Annotated[str, Field(min_length=1)]
Text = Annotated[str, Field(min_length=1)]
Day = Annotated[date, BeforeValidator(_iso_date)]
Rate = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Quantity = Annotated[int, Field(ge=0)]


class PolicyRow(BaseModel):
    """What every policy row carries: who decided it, why, and from when until when (exclusive) it holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    keys: ClassVar[tuple[str, ...]] = ()
    needs_catch_all: ClassVar[bool] = True

    owner: Text
    reason: Text
    effective_from_on: Day
    effective_to_on: Day | None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> PolicyRow:
        if self.effective_to_on is not None and self.effective_to_on <= self.effective_from_on:
            raise PydanticCustomError(
                "effective_to_on",
                "effective_to_on must be later than effective_from_on; it is the first day without the row",
            )
        return self


PARTITION_MODES = ("fair_share", "priority")


class ChannelPolicy(PolicyRow):
    """How much of the pool an account shows, per SKU.

    `fair_share` and `priority` part the pool between the accounts that have one of these modes: first the priorities by rank,
    each up to its need, then the fair shares by weight. No unit is then shown twice among them.
    """

    keys = ("channel_account", "sku")
    channel_account: Key
    sku: Key
    mode: Literal["exposure", "percent", "fair_share", "priority"]
    share_rate: Rate
    share_weight: Quantity = 1
    priority_rank: Annotated[int, Field(ge=1)] = 1
    need_qty: Quantity | None = None
    need_days: NonNegative | None = None
    channel_buffer_qty: Quantity
    cap_qty: Quantity | None
    ring_fence_qty: Quantity
    debt_weight_rate: Rate
    max_feed_age_minutes: Quantity
    publish_delay_minutes: Quantity
    stale_quantile_rate: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)] | None
    kit_parts_from: Literal["one_location", "any_location"] = "one_location"

    @model_validator(mode="after")
    def _is_one_rule_at_a_time(self) -> ChannelPolicy:
        if self.mode in PARTITION_MODES and self.ring_fence_qty:
            raise PydanticCustomError(
                "ring_fence_qty",
                "mode {mode} sets units aside by itself; ring_fence_qty must be 0",
                {"mode": self.mode},
            )
        if self.mode != "priority" and (self.need_qty is not None or self.need_days is not None):
            raise PydanticCustomError(
                "need_qty", "need_qty and need_days count in mode priority only, this is {mode}", {"mode": self.mode}
            )
        if self.need_qty is not None and self.need_days is not None:
            raise PydanticCustomError("need_qty", "a need is need_qty units or need_days of demand, not both")
        return self


class CarrierPolicy(PolicyRow):
    """What a channel calls a carrier, by the carrier's name as feeds write it: lower case, words joined by underscores."""

    keys = ("channel_account", "system", "carrier")
    needs_catch_all = False  # a carrier without a row is not guessed: its parcels wait
    channel_account: Key
    system: Key
    carrier: Annotated[str, Field(pattern=r"^([a-z0-9]+(_[a-z0-9]+)*|\*)$")]
    carrier_code: Text


class FillPolicy(PolicyRow):
    """When an order counts as filled from stock."""

    keys = ("channel_account",)
    channel_account: Key
    first_release_hours: Quantity
    stock_wait_days: Quantity
    unknown_cancel_counts_as: Literal["merchant", "customer"]


class CountingPolicy(PolicyRow):
    """How a location ranks its SKUs for counting, and how many it can count in a day.

    A SKU is A while the SKUs that move more value make up less than `a_value_rate` of the location's value, then B, then C.
    It is X while the spread of its weekly demand is at most `x_cv_rate` of the mean, then Y, then Z.
    """

    keys = ("location_id",)
    location_id: Key
    counts_per_day_count: Quantity
    plan_days: Annotated[int, Field(ge=1)]
    demand_days: Annotated[int, Field(ge=7)]
    a_value_rate: Rate
    b_value_rate: Rate
    x_cv_rate: NonNegative
    y_cv_rate: NonNegative


class CountTolerancePolicy(PolicyRow):
    """How far a count may lie from the book, as a share of the book, and how often each class is to be counted."""

    keys = ("abc_class",)
    abc_class: Literal["A", "B", "C", "*"]
    tolerance_rate: Rate
    count_every_days: Annotated[int, Field(ge=1)]


class HistoryPolicy(PolicyRow):
    """How many days back a location's daily stock history reaches."""

    keys = ("location_id",)
    location_id: Key
    history_days: Annotated[int, Field(ge=1)]


class NodePolicy(PolicyRow):
    """What a location keeps back against count errors, and whether it sells at all while the row is in force."""

    keys = ("location_id", "sku")
    location_id: Key
    sku: Key
    node_buffer_qty: Quantity
    node_buffer_rate: Rate
    selling: Literal["open", "closed"] = "open"


class PromisePolicy(PolicyRow):
    """The delivery promise of an account whose orders state none; blank means that nothing is promised."""

    keys = ("channel_account",)
    channel_account: Key
    handling_days: Quantity | None
    transit_days: Quantity | None


class BackorderPolicy(PolicyRow):
    """How many units of a SKU may be sold beyond what is there; of several rows the one of the highest margin reached holds."""

    keys = ("category", "sku", "min_margin_rate")
    needs_catch_all = False  # without a row nothing is sold on backorder
    category: Key
    sku: Key
    min_margin_rate: Rate
    limit_qty: Quantity


class PreorderPolicy(PolicyRow):
    """How many units of a SKU may be sold before `release_on`: by an account, or by all together in the row of account `*`."""

    keys = ("channel_account", "sku")
    needs_catch_all = False  # without a row nothing is sold before its release
    channel_account: Key
    sku: Key
    limit_qty: Quantity
    release_on: Day


class ReplenishmentPolicy(PolicyRow):
    """How a purchasing location plans."""

    keys = ("location_id",)
    location_id: Key
    review_days: NonNegative
    default_lead_time_days: NonNegative
    default_lead_time_cv_rate: NonNegative
    min_receipts_count: Annotated[int, Field(ge=1)]
    ses_alpha_rate: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]
    on_order_horizon_days: Quantity


class ServiceLevelPolicy(PolicyRow):
    """The cycle service level a SKU is planned for; the normal quantiles reach from 0.5 to 0.999."""

    keys = ("category", "sku")
    category: Key
    sku: Key
    service_level_rate: Annotated[float, Field(ge=0.5, le=0.999, allow_inf_nan=False)]


class SourcingPolicy(PolicyRow):
    """Which locations an account sells from to which zone, the smallest priority first.

    A location that a row names serves the zones of such rows and no others; the wildcard stands for the rest.
    """

    keys = ("channel_account", "location_id", "zone")
    needs_catch_all = False  # an account without rows sells from nowhere, on purpose
    channel_account: Key
    location_id: Key
    zone: Key = WILDCARD
    priority: Annotated[int, Field(ge=1)]


class ZonePolicy(PolicyRow):
    """Which zone an address is in: the row of its country, and of the longest beginning of its postcode, wins.

    Of postcodes only the first three characters are ever stored.
    """

    keys = ("country", "postcode_prefix")
    country: Annotated[str, Field(pattern=r"^(\*|[A-Z]{2})$")]
    postcode_prefix: Annotated[str, Field(pattern=r"^(\*|[A-Z0-9]{1,3})$")]
    zone: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]


class ReachPolicy(PolicyRow):
    """To which zones an account ships. An account with rows of its own does not follow the general ones."""

    keys = ("channel_account", "zone")
    channel_account: Key
    zone: Key


class TransferPolicy(PolicyRow):
    """When a location asks others for stock and what it keeps for itself, in days of its own demand.

    It asks when its stock covers less than `reorder_cover_days`, for as much as covers `target_cover_days`; it gives only what
    it has beyond `keep_cover_days`, never below `keep_qty`. Transfers under `min_transfer_qty` are not worth a trip.
    """

    keys = ("location_id", "sku")
    location_id: Key
    sku: Key
    may_receive: bool
    may_give: bool
    reorder_cover_days: NonNegative
    target_cover_days: NonNegative
    keep_cover_days: NonNegative
    keep_qty: Quantity
    min_transfer_qty: Annotated[int, Field(ge=1)]


POLICIES: dict[str, type[PolicyRow]] = {
    "policy_backorder": BackorderPolicy,
    "policy_carrier": CarrierPolicy,
    "policy_channel": ChannelPolicy,
    "policy_count_tolerance": CountTolerancePolicy,
    "policy_counting": CountingPolicy,
    "policy_fill": FillPolicy,
    "policy_history": HistoryPolicy,
    "policy_node": NodePolicy,
    "policy_preorder": PreorderPolicy,
    "policy_promise": PromisePolicy,
    "policy_reach": ReachPolicy,
    "policy_replenishment": ReplenishmentPolicy,
    "policy_service_level": ServiceLevelPolicy,
    "policy_sourcing": SourcingPolicy,
    "policy_transfer": TransferPolicy,
    "policy_zone": ZonePolicy,
}


def policy_columns(name: str) -> tuple[tuple[str, type], ...]:
    """Return (column, one of str, bool, int, float, date) of a policy: keys, values, then owner, reason and dates."""
    model = POLICIES[name]
    own = [field for field in model.model_fields if field not in PolicyRow.model_fields]
    return tuple((field, _base_type(model.model_fields[field].annotation)) for field in [*own, *PolicyRow.model_fields])


def _base_type(annotation: Any) -> type:
    if isinstance(annotation, type):
        return annotation
    for part in get_args(annotation):
        if part is not type(None) and not isinstance(part, str):
            return _base_type(part)
    return str
