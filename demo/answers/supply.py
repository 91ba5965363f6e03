"""Suppliers as their receipts show them: who supplies a SKU, in how many days, how reliably.

Choices made here:
- A lead time runs from the order to each receipt and is weighted by the units received; lines cancelled or closed meanwhile
  count as well, receipts of no units and receipts of no known order line do not.
- A receipt before its order teaches nothing about lead times. A supplier no longer active is not chosen.
- Of a supplier's repeated terms of a SKU, the price break of the smallest quantity speaks first, the next where it is silent.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from demo.answers.policies import ReplenishmentPolicy
from demo.answers.records import Facts, SupplierTerm

_LAST = math.inf


@dataclass(frozen=True, slots=True)
class LeadTime:
    """Days from order to receipt: mean, standard deviation, where they come from, and how many receipts stand behind them."""

    days: float
    sd_days: float
    source: str
    receipts_count: int = 0


def weighted_moments(values: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return mean and population standard deviation of (value, weight); weights add up to more than 0."""
    total = math.fsum(weight for _, weight in values)
    mean = math.fsum(value * weight for value, weight in values) / total
    return mean, math.sqrt(math.fsum(weight * (value - mean) ** 2 for value, weight in values) / total)


class Supply:
    """Suppliers, terms and receipts of one `Facts`, looked up by SKU."""

    def __init__(self, facts: Facts) -> None:
        self.products = {row.sku_id: row for row in facts.products}
        self.suppliers = {row.supplier_id: row for row in facts.suppliers}
        self._terms: dict[str, list[SupplierTerm]] = defaultdict(list)
        for term in facts.supplier_terms:
            self._terms[term.sku_id].append(term)
        lines = {(row.po_id, row.po_line): row for row in facts.purchase_order_lines}
        self.received: dict[tuple[str, str], int] = defaultdict(int)
        self._by_sku: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
        self._by_supplier: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for receipt in facts.receipts:
            key = (receipt.po_id, receipt.po_line)
            if receipt.received_at > facts.as_of or receipt.received_qty <= 0 or key not in lines:
                continue
            line = lines[key]
            self.received[key] += receipt.received_qty
            if receipt.received_at < line.ordered_at:
                continue
            sample = ((receipt.received_at - line.ordered_at).total_seconds() / 86400, float(receipt.received_qty))
            self._by_sku[line.supplier_id, line.sku_id].append(sample)
            self._by_supplier[line.supplier_id].append(sample)

    def supplier_of(self, sku_id: str) -> str | None:
        """Return the preferred supplier: smallest priority, unranked last, then the smallest id; None without terms."""
        names = {term.supplier_id for term in self._terms.get(sku_id, ())}
        active = [name for name in names if name not in self.suppliers or self.suppliers[name].is_active]
        return min(active, key=lambda name: (self._rank(sku_id, name), name), default=None)

    def _rank(self, sku_id: str, supplier_id: str) -> float:
        ranks = [term.priority for term in self._terms[sku_id] if term.supplier_id == supplier_id]
        return min((rank for rank in ranks if rank is not None), default=_LAST)

    def terms(self, supplier_id: str | None, sku_id: str) -> list[SupplierTerm]:
        """Return a supplier's terms of a SKU, the smallest price break first."""
        own = [term for term in self._terms[sku_id] if term.supplier_id == supplier_id]
        return sorted(own, key=lambda term: term.price_break_qty)

    def review_days(self, supplier_id: str | None, policy: ReplenishmentPolicy) -> float:
        """Return how often the supplier is ordered from."""
        supplier = self.suppliers.get(supplier_id or "")
        return policy.review_days if supplier is None or supplier.review_days is None else supplier.review_days

    def lead_time(self, supplier_id: str | None, sku_id: str, policy: ReplenishmentPolicy) -> LeadTime:
        """Return the learnt lead time where enough receipts stand behind it, else the declared one."""
        if supplier_id is not None:
            learnt = (
                ("receipts of supplier and sku", self._by_sku[supplier_id, sku_id]),
                ("receipts of supplier", self._by_supplier[supplier_id]),
            )
            for source, samples in learnt:
                if samples and len(samples) >= policy.min_receipts_count:
                    return LeadTime(*weighted_moments(samples), source, len(samples))
        days, source = self._declared(supplier_id, sku_id, policy)
        return LeadTime(days, policy.default_lead_time_cv_rate * days, source)

    def _declared(self, supplier_id: str | None, sku_id: str, policy: ReplenishmentPolicy) -> tuple[float, str]:
        for term in self.terms(supplier_id, sku_id):
            if term.lead_time_days is not None:
                return term.lead_time_days, "terms"
        supplier = self.suppliers.get(supplier_id or "")
        if supplier is not None and supplier.lead_time_days is not None:
            return supplier.lead_time_days, "supplier"
        return policy.default_lead_time_days, "policy"
