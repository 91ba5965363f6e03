"""The demo company with a denser calendar: orders, operations and stock exported every day, masters every week.

The demo itself writes a year in four exports; a guard looks back on a feed's last files and needs more of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import ModuleType
from typing import Any

import demo.dirt
import demo.world
from demo.clock import DAY, END, MINUTE
from demo.exports import amazon, house_orders, operations, shopify_orders, shopify_stock
from demo.exports.files import Delivery
from demo.exports.schedule import MASTER_EXPORT, OPERATION_EXPORTS, ORDER_EXPORTS, SHOPIFY_STOCK_EXPORTS
from demo.exports.tables import Export
from demo.outcome import Outcome
from demo.simulation.engine import SNAPSHOTS
from demo.world import Dirt, all_exports, make_outcome

_WEEK = 7


@contextmanager
def every_day(days: int) -> Iterator[None]:
    """Make the demo export daily over its last `days`, beside the instants at which it does anyway."""

    def daily(instants: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(sorted({*instants, *(instants[-1] - DAY * back for back in range(days))}))

    orders = daily(ORDER_EXPORTS)
    changes: list[tuple[ModuleType, str, Any]] = [
        *((module, "ORDER_EXPORTS", orders) for module in (amazon, house_orders, shopify_orders, demo.world)),
        (operations, "OPERATION_EXPORTS", daily(OPERATION_EXPORTS)),
        (amazon, "FBA_EXPORTS", daily((OPERATION_EXPORTS[0], END))),
        (shopify_stock, "SHOPIFY_STOCK_EXPORTS", daily(SHOPIFY_STOCK_EXPORTS)),
    ]
    before = [(module, name, getattr(module, name)) for module, name, _ in changes]
    snapshots = dict(SNAPSHOTS)
    try:
        for module, name, value in changes:
            setattr(module, name, value)
        SNAPSHOTS.update({account: daily(instants) for account, instants in snapshots.items()})
        yield
    finally:
        SNAPSHOTS.update(snapshots)
        for module, name, value in before:
            setattr(module, name, value)


def company_of(orders: int, seed: int, days: int) -> tuple[Outcome, list[Export]]:
    """Return the finished year and all exports of it, in no order."""
    with every_day(days):
        outcome = make_outcome(orders, seed)
        exports = list(all_exports(outcome))
    masters = [export for export in exports if export.at == MASTER_EXPORT]
    first = min(export.at for export in exports)
    weeks = [MASTER_EXPORT - DAY * _WEEK * week for week in range(1, days // _WEEK + 1)]
    exports += [replace(master, at=at) for at in (first - MINUTE, *weeks) for master in masters]
    return outcome, exports


def delivered(exports: Iterable[Export], dirt: Dirt) -> dict[int, list[Delivery]]:
    """Return the files by the day on which they arrive, in order; a late file comes on the last day."""
    files = list((demo.dirt.tidy if dirt == "none" else demo.dirt.untidy)(exports))
    last = max(file.at for file in files) // DAY
    days: dict[int, list[Delivery]] = {}
    for file in sorted(files, key=lambda file: (file.at, file.account, file.name)):
        days.setdefault(last if file.name.startswith("zz_late_") else file.at // DAY, []).append(file)
    return dict(sorted(days.items()))
