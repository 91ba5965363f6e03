"""Policies of what is sold where: what channels show and promise, which locations serve them and whom they ship to."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from company.policy_row import WILDCARD, Day, Key, NonNegative, PolicyRow, Quantity, Rate, Text

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
