"""The steps from what is stated to what is shown, what each means, and the rows behind them."""

from __future__ import annotations

from tests.dashboards.small_company.rows import NOW, Row, rows


def _location_steps(sku: str, location: str, *changes: tuple[str, int]) -> list[Row]:
    left, steps = 0, []
    for number, (term, change) in enumerate(changes, start=1):
        left += change
        steps.append(
            {
                "sku_id": sku,
                "location_id": location,
                "step_number": 10 * number,
                "term": term,
                "change_qty": change,
                "running_qty": left,
            }
        )
    return steps  # fmt: skip


def _listing_steps(channel: str, sku: str, *changes: tuple[str, int]) -> list[Row]:
    about = {"channel_account": channel, "listing_id": f"{channel}-{sku}"}
    steps = [{**about, **step} for step in _location_steps(sku, "", *changes)]
    return [{name: value for name, value in step.items() if name != "location_id"} for step in steps]


LOCATION_STEPS = [
    *_location_steps("FAKE-MUG", "west", ("stated_on_hand", 53), ("shipment", -3), ("damaged", -5), ("committed", -10),
                     ("reserved", -2), ("node_buffer", -3)),
    *_location_steps("FAKE-MUG", "east", ("stated_on_hand", 0), ("committed", -4), ("debt", 4)),
    *_location_steps("FAKE-LAMP", "west", ("stated_on_hand", 10)),
    *_location_steps("FAKE-LAMP", "east", ("stated_on_hand", 7)),
    *_location_steps("FAKE-GIFTCARD", "west", ("stated_on_hand", 0)),
    *_location_steps("FAKE-OLD", "west", ("stated_on_hand", 0)),
]  # fmt: skip
LISTING_STEPS = [
    *_listing_steps("shop_north", "FAKE-MUG", ("node_ats", 30), ("node_debt", -4), ("ring_fence", -2), ("channel_buffer", -2),
                    ("unseen", -1), ("cap", -1), ("pack", -2)),
    *_listing_steps("shop_south", "FAKE-MUG", ("node_ats", 30), ("node_debt", -4), ("share", -13)),
    *_listing_steps("shop_north", "FAKE-LAMP", ("node_ats", 0)),
    *_listing_steps("shop_south", "FAKE-LAMP", ("node_ats", 17), ("listing_held", -17)),
]  # fmt: skip
TERMS = rows(
    "kind term title words next_step",
    ("location", "stated_on_hand", "Stated on hand", "what the newest statement says is there", None),
    ("location", "shipment", "Shipped since", "parcels handed over after it", None),
    ("location", "damaged", "Damaged", "there, but damaged", None),
    ("location", "committed", "Open orders", "accepted and not shipped", None),
    ("location", "reserved", "Held", "kept for somebody", None),
    ("location", "debt", "Owed", "more is claimed than there is", "Move the orders."),
    ("location", "node_buffer", "Buffer", "kept back by policy", None),
    ("channel", "node_ats", "Locations together", "what its locations can promise", None),
    ("channel", "node_debt", "Owed at locations", "what they owe", None),
    ("channel", "ring_fence", "Ring-fenced for others", "kept for other channels", None),
    ("channel", "share", "Share", "the part that policy gives it", None),
    ("channel", "channel_buffer", "Channel buffer", "kept back by policy", None),
    ("channel", "unseen", "Sales not seen yet", "sold before a new number shows", None),
    ("channel", "cap", "Cap", "never more than this", None),
    ("channel", "listing_held", "Held at zero", "the number is not trusted", None),
    ("channel", "pack", "No whole pack", "units of no whole pack", None),
    ("status", "stale", "Stale", "its newest export is too old", "Bring a fresh export."),
    ("oversell", "shared_pool", "Sold on another channel", "others took the units", "Part the pool."),
    ("oversell", "stale_feed", "Shown from an old feed", "its statement was too old", None),
    ("drift", "foreign_edit", "Edited by somebody else", "nobody here wrote it", None),
    ("reading", "foreign_edit", "Edited by somebody else", "higher, and not ours", None),
)
EVIDENCE = rows(
    "sku_id location_id channel_account term evidence_number evidence_kind evidence_qty evidence_at source_account document_id"
    " evidence_detail source_file source_row",
    ("FAKE-MUG", "west", "", "stated_on_hand", 1, "stock_statement", 53, NOW, "wms", None, None, "invented_stock.csv", 4),
    ("FAKE-MUG", "west", "shop_north", "committed", 1, "order", 10, NOW, "shop_north", "#9001", "placed by allocation",
     "invented_orders.csv", 12),
    ("FAKE-MUG", "", "shop_north", "cap", 1, "policy", None, NOW, None, "shop_north, *", "cap_qty 20; ana; a trial",
     "policy_channel.csv", None),
    ("FAKE-MUG", "", "shop_south", "ring_fence", 1, "policy", None, NOW, None, "shop_south, *", "ring_fence_qty 2; ana; a launch",
     "policy_channel.csv", None),
    ("FAKE-MUG", "", "shop_south", "cap", 1, "policy", None, NOW, None, "shop_south, *", "not ours", "policy_channel.csv", None),
)  # fmt: skip
