"""Policies of what is counted, planned, moved and judged."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from company.policy_row import Key, NonNegative, PolicyRow, Quantity, Rate


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
