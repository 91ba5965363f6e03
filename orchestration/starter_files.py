"""The files that `tallyhouse init` writes: every key of tallyhouse.toml with its meaning, and the first steps."""

from __future__ import annotations

TALLYHOUSE_TOML = """\
# Tallyhouse: one company. Unknown keys are errors, so a spelling mistake is found before it costs anything.
# Any key can be set from the environment too: TALLYHOUSE__COMPANY__TIME_ZONE=Europe/Paris wins over this file.

# demo | local | prod | test; the variable TALLYHOUSE_ENVIRONMENT wins.
environment = "local"

[company]
name = "My company"
base_currency = "USD"            # ISO 4217
time_zone = "America/New_York"   # IANA name; decides what "today" is for purchasing
week_starts_on = "monday"        # monday | sunday
closed_days = []                 # dates without shipping, e.g. [2026-12-25]
test_order_tags = ["test"]       # an order with one of these tags is not counted

# One section per account of a source system. Its files go into data/landing/<name>/ under any file name:
# a file is recognised by its header. A stamp like 20261120T060000Z in the name says when it was exported;
# without one, the file's modification time counts.
[accounts.shopify_us]
system = "shopify"               # shopify | amazon | house (our own templates, see templates/)
time_zone = "America/New_York"   # the time zone of the shop
currency = "USD"
tax_basis = "exclusive"          # exclusive | inclusive: whether its prices contain tax
# date_order = "mdy"             # dmy | mdy, for exports that write days by region (TikTok Shop)
# decimal_mark = "."             # . | , for exports that write amounts by region (Amazon settlements, eBay)
# encodings = ["utf-8", "cp932"] # tried in order instead of a feed's own (a Japanese marketplace)
# cadence_hours = { orders = 24 }            # longer silence is an alert; without it each feed's own cadence
# landing = { url = "sftp://user@host/folder", key_file = "secrets/key" }   # or s3://bucket/prefix; docs/operations.md
# locations = { "Shop location" = "OWN1" }   # the channel's location name = our location id

# [accounts.amazon_us]
# system = "amazon"
# time_zone = "America/Los_Angeles"
# currency = "USD"
# fulfilled_by_channel_location = "FBA1"     # where the channel keeps and ships our stock

# Operations without a connector: fill in the templates. is_sales_channel = true when its orders are customers' orders.
# [accounts.wms]
# system = "house"
# time_zone = "America/New_York"
# is_sales_channel = false
# mappings = ["orders.toml"]                 # other exports, each read by a file in mappings/; docs/adding-a-system.md

# Where computed stock and purchase proposals go, as files in data/outbox/<name>/.
# kind: shopify_inventory_csv | amazon_listings_feed | woocommerce_batch_json | purchase_proposals_csv
# With an API, and for shipments that a channel is to be told of: docs/adding-a-destination.md
# [destinations.shopify_us_stock]
# kind = "shopify_inventory_csv"
# account = "shopify_us"
# location = "Shop location"                 # the channel's own name of the location
# unattended = false                         # a scheduled push only plans it, and waits for `tallyhouse push apply`
#
# [destinations.amazon_us_stock]
# kind = "amazon_listings_feed"
# account = "amazon_us"
# seller_id = "A0000000000000"
# marketplace = "ATVPDKIKX0DER"
#
[destinations.purchasing]
kind = "purchase_proposals_csv"

# What a computed proposal needs before it is sent; amounts of one proposal, in the base currency. docs/operations.md
[purchasing]
auto_approve_up_to = 0           # amounts up to this need nobody; 0: every proposal waits for a person
# tiers = [{ up_to = 10000, approvals = 1 }, { approvals = 2 }]   # how many people a larger amount needs
# expires_hours = 72             # not sent this long after it was submitted or approved: it expires
# quiet_days = 7                 # after one was sent and not closed, the next of that SKU needs a person
# rates = { EUR = 1.1 }          # what other currencies are worth, for the tiers; unknown means the highest tier
# destination = "purchasing"     # where proposals go; without it the first destination that takes them
# supplier_destinations = { ACME = "purchasing" }

# Who may do what. Roles: viewer, planner (edits, submits), approver (approves; a limit is optional), operator (pushes),
# admin, auditor. Nobody approves what they wrote or asked for. While nobody is named, everybody may do everything but
# approve: what a guard holds, and every proposal above auto_approve_up_to, waits.
# [people.dana]
# roles = ["planner", "operator"]
# logins = ["dana"]              # only this user of the machine can act as dana
# [people.sam]
# roles = ["approver"]
# approves_up_to = 5000

# Nothing is pushed for real and nothing runs on a schedule unless its environment says so. List all four.
[environments.demo]
push = true
[environments.local]
push = false                     # every push is a dry run
schedule = false
[environments.prod]
push = false                     # set to true when the dry runs look right
schedule = false                 # true: daily run and landing-folder sensor under `tallyhouse dev`
[environments.test]
push = false

[limits]
# Reading. A file beyond these is refused or held; a cell or row beyond them is quarantined.
# max_file_mb = 2048
# max_columns = 2000
# max_field_chars = 131072
# decode_seconds = 900           # processor time for one file
# decode_memory_mb = 8192
# keep_quarantine_days = 90      # how long texts and copies stay after they were dealt with
# stable_seconds = 0             # a file is read only when it has not changed for this long
# max_reject_rate = 0.05         # a file with a larger share of refused rows is held whole
# A file unlike its feed's own past is held; 0 turns a check off. docs/operations.md says what each looks at.
# min_row_count_rate = 0.30      # rows of a snapshot, as a share of the usual number
# max_row_count_rate = 10
# max_zero_rise = 0.50           # share of zeros in a quantity, above the usual
# max_blank_rise = 0.50          # share of blanks in an optional column, above the usual
# max_scale_factor = 6           # numbers of a column this many times larger or smaller than usual
# max_unknown_sku_rise = 0.30    # share of rows with an unknown SKU, above the usual
# Pushing. A push beyond these waits for a person.
# max_changed_rate = 0.30        # share of the rows that would change
# max_to_zero_rate = 0.05        # share of the rows that would go to zero
# max_to_zero_rows = 10          # and how many of them, however small the share
# max_unit_delta_rate = 0.25     # units added or taken, as a share of all
# max_handed_over_rows = 500     # a push that hands over more rows that cannot be taken back is held
# read_back_days = 7             # scheduled pushes read every row back within so many days, a few at a time; 0: never
# max_in_doubt_minutes = 120     # a check fails when nobody knows for longer whether a pushed row arrived
# Building and serving.
# warehouse_memory_mb = 4096
# warehouse_threads = 2
# keep_serving = 3               # published versions kept
"""

README = """\
# A Tallyhouse home

    tallyhouse.toml       accounts, destinations, environments, limits; every key is explained there
    policy/               thresholds, buffers, service levels: edit the rows, keep the columns, give a reason
    templates/            empty CSVs with the right headers, for anything that has no export
    mappings/             your own: how another export fills a template, without code (`tallyhouse feed check` tries one)
    data/landing/<account>/   put exports here; they are never changed
    data/quarantine/      files that were held whole, each with its reason
    data/serving/         published versions; dashboards and `tallyhouse query` read these
    data/outbox/          what was pushed, one folder per destination

## First steps

1. Edit `tallyhouse.toml`. `tallyhouse config show` prints what is in force and where it comes from.
2. Copy exports into `data/landing/<account>/`. Any subset is fine: orders and inventory of one shop already give
   available-to-sell, fill rate and reorder proposals.
3. `tallyhouse run` reads new files, builds, checks, publishes and plans the pushes (dry run until `push = true`).
4. `tallyhouse status` says what was published, what was held and why.
5. `tallyhouse query "select * from reports.rpt_reorder_queue limit 10"` asks the published version anything.

Running again is always safe: a file that was read is not read twice, and an unchanged number is not pushed twice.
"""
