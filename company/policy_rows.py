"""The policy tables by name, and the columns of each."""

from __future__ import annotations

from typing import Any, get_args

from company.planning_policies import (
    CountingPolicy,
    CountTolerancePolicy,
    FillPolicy,
    HistoryPolicy,
    ReplenishmentPolicy,
    ServiceLevelPolicy,
    TransferPolicy,
)
from company.policy_row import PolicyRow
from company.selling_policies import (
    BackorderPolicy,
    CarrierPolicy,
    ChannelPolicy,
    NodePolicy,
    PreorderPolicy,
    PromisePolicy,
    ReachPolicy,
    SourcingPolicy,
    ZonePolicy,
)

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
