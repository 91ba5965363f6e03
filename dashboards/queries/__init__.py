"""The only SQL of the dashboards: one function per thing shown, each with a filter object and an explicit limit.

Reads `reports` and `marts` of the published file. Rates are sums divided once; nothing is averaged and nothing is written.
"""

from dashboards.queries.catalogue import Metric, column_descriptions, metrics
from dashboards.queries.evidence import listing_evidence, status_words, stock_evidence
from dashboards.queries.filters import MAX_DOWNLOAD_ROWS, MAX_ROWS, Filters
from dashboards.queries.health import (
    accounts,
    feed_totals,
    feeds,
    held_files,
    late_feeds,
    open_push_rows,
    push_runs,
    quarantine,
    quarantine_by_reason,
    reconciliation,
    reconciliation_totals,
)
from dashboards.queries.reorder import (
    POSITION_PARTS,
    proposal_by_id,
    proposal_of,
    proposal_totals,
    proposal_values,
    proposals_by_supplier,
    queue_rows,
    reorder_choices,
)
from dashboards.queries.service import (
    COMPONENTS,
    channels,
    fill_rate_daily,
    fill_rate_totals,
    perfect_order_daily,
    perfect_order_losses,
    perfect_order_totals,
    service_by_channel,
)
from dashboards.queries.steps import listing_steps, position_steps, stock_steps
from dashboards.queries.stock import (
    CHANNEL_TERMS,
    STOCK_TERMS,
    listing_rows,
    listing_totals,
    owed_rows,
    stock_by_location,
    stock_choices,
    stock_rows,
    stock_totals,
)

__all__ = [
    "CHANNEL_TERMS",
    "COMPONENTS",
    "MAX_DOWNLOAD_ROWS",
    "MAX_ROWS",
    "POSITION_PARTS",
    "STOCK_TERMS",
    "Filters",
    "Metric",
    "accounts",
    "channels",
    "column_descriptions",
    "feed_totals",
    "feeds",
    "fill_rate_daily",
    "fill_rate_totals",
    "held_files",
    "late_feeds",
    "listing_evidence",
    "listing_rows",
    "listing_steps",
    "listing_totals",
    "metrics",
    "open_push_rows",
    "owed_rows",
    "perfect_order_daily",
    "perfect_order_losses",
    "perfect_order_totals",
    "position_steps",
    "proposal_by_id",
    "proposal_of",
    "proposal_totals",
    "proposal_values",
    "proposals_by_supplier",
    "push_runs",
    "quarantine",
    "quarantine_by_reason",
    "queue_rows",
    "reconciliation",
    "reconciliation_totals",
    "reorder_choices",
    "service_by_channel",
    "status_words",
    "stock_by_location",
    "stock_choices",
    "stock_evidence",
    "stock_rows",
    "stock_steps",
    "stock_totals",
]
