"""The company's own settings: `tallyhouse.toml` and its policy tables."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from company import CONFIG_FILE, DEFAULT_POLICIES, Paths, write_default_policies
from demo.business import (
    AMAZON,
    BASE_CURRENCY,
    COMPANY,
    FBA,
    LOCATIONS,
    SALES_ACCOUNTS,
    TEST_TAG,
    THREEPL_ZONE,
    TIME_ZONE,
)
from demo.exports.shopify_stock import SHOP_LOCATIONS
from demo.policy import Row

_HEAD = f"""\
# {COMPANY}: an invented company. Everything below `data/` was written by the demo world.
# Every key here can also be set from the environment, as TALLYHOUSE__SECTION__KEY.

# One of demo, local, prod, test; TALLYHOUSE_ENVIRONMENT wins over this line.
environment = "demo"

[company]
name = "{COMPANY}"
# Money of several currencies is reported in this one.
base_currency = "{BASE_CURRENCY}"
# Planning weeks and the company's business days are counted in this zone.
time_zone = "{TIME_ZONE}"
week_starts_on = "monday"
# Orders with one of these tags are left out of every measure.
test_order_tags = ["{TEST_TAG}"]

# One block per account of a source system; its exports lie in data/landing/<account>/.
"""
_TAIL = """
# Where computed rows go, as files in data/outbox/<destination>/.
[destinations.shopify_us_stock]
kind = "shopify_inventory_csv"
account = "shopify_us"
location = "Northlight Main"

[destinations.shopify_eu_stock]
kind = "shopify_inventory_csv"
account = "shopify_eu"
location = "EU Online Stock"

[destinations.amazon_us_stock]
kind = "amazon_listings_feed"
account = "amazon_us"
seller_id = "A0NORTHLIGHTDEMO"
marketplace = "ATVPDKIKX0DER"

[destinations.web_stock]
kind = "woocommerce_batch_json"
account = "web"

[destinations.purchasing]
kind = "purchase_proposals_csv"

# Proposals up to this amount are sent without a person; the others wait in `tallyhouse proposals list`.
[purchasing]
auto_approve_up_to = 5000
tiers = [{ up_to = 20000, approvals = 1 }, { approvals = 2 }]
rates = { EUR = "1.1", GBP = "1.3", CNY = "0.14" }

# Nobody of these exists. Say who you are with --actor, or TALLYHOUSE_ACTOR.
[people."Demo Planner"]
roles = ["planner"]

[people."Demo Operator"]
roles = ["operator"]

[people."Demo Approver"]
roles = ["approver"]
approves_up_to = 20000

[people."Demo Director"]
roles = ["approver"]

[people."Demo Auditor"]
roles = ["auditor"]

# What an unattended run may do. Elsewhere than here a push is a dry run unless it is allowed on purpose.
[environments.demo]
push = true
schedule = false

[environments.local]
push = false
schedule = false

[environments.prod]
push = false
schedule = false

[environments.test]
push = false
schedule = false

[limits]
# A file with a larger share of refused rows is held whole.
max_reject_rate = "0.05"
# A first push has no acknowledged state to differ from; later ones change little.
max_changed_rate = "1"
max_to_zero_rate = "0.5"
max_unit_delta_rate = "10"
"""


def write_configuration(home: Path, policies: dict[str, list[Row]]) -> None:
    """Write `tallyhouse.toml` and one file per policy table into a home folder."""
    home.mkdir(parents=True, exist_ok=True)
    (home / CONFIG_FILE).write_text(_HEAD + _accounts() + _TAIL, encoding="utf-8")
    _write_key(Paths(home).pseudonym_key)
    folder = Paths(home).policy
    folder.mkdir(exist_ok=True)
    for name, rows in policies.items():
        default = DEFAULT_POLICIES / f"policy_{name}.csv"
        header = default.read_text(encoding="utf-8").splitlines()[0].split(",")
        (folder / default.name).write_text(_policy_text(header, rows), encoding="utf-8")
    write_default_policies(folder)


def _write_key(path: Path) -> None:
    """Give the home a key that everybody knows: its people are invented, and the same world must come to the same tables."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text("v1:the-demo-worlds-people-are-invented\n", encoding="utf-8")


def _policy_text(header: list[str], rows: list[Row]) -> str:
    keys = {"channel_account", "sku", "location_id", "category"}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        values = [row.get(column, "*" if column in keys else None) for column in header]
        writer.writerow(["" if value is None else value for value in values])
    return text.getvalue()


def _accounts() -> str:
    blocks = []
    for number, sales in enumerate(SALES_ACCOUNTS):
        lines = [
            f"[accounts.{sales.name}]",
            f'system = "{sales.system}"',
            f'time_zone = "{sales.time_zone}"',
            f'currency = "{sales.currency}"',
            f'tax_basis = "{sales.tax_basis}"',
        ]
        if sales.system == "house":
            lines.append("is_sales_channel = true")
        if number == AMAZON:
            lines.append(f'fulfilled_by_channel_location = "{LOCATIONS[FBA]}"')
        blocks.append("\n".join(lines) + _shop_places(sales.name, SHOP_LOCATIONS.get(number, {})))
    for name, zone in (("wms", TIME_ZONE), ("threepl", THREEPL_ZONE)):
        blocks.append(f'[accounts.{name}]\nsystem = "house"\ntime_zone = "{zone}"\nis_sales_channel = false\n')
    return "\n".join(blocks)


def _shop_places(account: str, places: dict[str, int]) -> str:
    if not places:
        return "\n"
    lines = "".join(f'"{name}" = "{LOCATIONS[place]}"\n' for name, place in places.items())
    return f"\n\n# The shop's own location names and what we call them.\n[accounts.{account}.locations]\n{lines}"
