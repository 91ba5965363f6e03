"""The truth formulas: every measure computed from true facts in plain Python, independent of the warehouse.

`read_orders(facts)` once, then `ats`, `channel_ats`, `fill_rate`, `perfect_order` and `reorder_need`, each with the facts and
that book. Only the standard library is used, and nothing of the warehouse, so that agreement means something.
"""

from demo.answers.channel import channel_ats, zone_ats
from demo.answers.order_book import read_orders
from demo.answers.order_outcomes import order_outcomes
from demo.answers.records import Facts
from demo.answers.replenishment import reorder_need
from demo.answers.service_days import fill_rate, perfect_order, service_days
from demo.answers.stock import ats

__all__ = [
    "Facts",
    "ats",
    "channel_ats",
    "fill_rate",
    "order_outcomes",
    "perfect_order",
    "read_orders",
    "reorder_need",
    "service_days",
    "zone_ats",
]
