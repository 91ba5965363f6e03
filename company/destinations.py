"""`[destinations.<name>]`: where computed rows are pushed, and what reaching it needs."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from company.partners import X12Recipient

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""What accounts, feeds and destinations may be called."""


PURCHASING_KINDS = frozenset(
    {
        "purchase_proposals_csv", "tryton_requisition_api", "purchase_order_x12", "erpnext_material_request_api",
        "odoo_purchase_order_api",
    }
)  # fmt: skip
"""Kinds that take purchase proposals; all others write to a sales account."""


class Destination(BaseModel):
    """One place computed rows are pushed to, as files in the outbox or through its API."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal[
        "shopify_inventory_csv", "amazon_listings_feed", "woocommerce_batch_json", "purchase_proposals_csv",
        "shopify_inventory_api", "woocommerce_stock_api", "ebay_stock_api", "amazon_listings_api", "walmart_inventory_api",
        "amazon_listings_feed_api", "tryton_requisition_api", "purchase_order_x12", "erpnext_material_request_api",
        "odoo_purchase_order_api", "inventory_advice_x12",
        "shopify_fulfillment_api", "amazon_shipment_api", "woocommerce_order_api", "medusa_inventory_api",
    ]  # fmt: skip
    account: Name | None = None
    unattended: bool = True
    """False: a run that nobody asked for only plans; its rows wait for `tallyhouse push apply`."""
    location: str | None = None
    """The channel's own name of the location that receives the number."""
    seller_id: str | None = None
    marketplace: str | None = None
    url: str | None = Field(None, pattern=r"^https?://[^\s/]+(/[^\s]*)?$")
    """Where the API is, such as `https://example.myshopify.com`; plain http only on this machine."""
    secret_env: str | None = None
    """The environment variable that holds the API's key, or the JSON of client id, client secret and refresh token."""
    secret_file: str | None = None
    """The file that holds it instead; a path in the home, or an absolute one."""
    token_url: str | None = Field(None, pattern=r"^https?://[^\s/]+(/[^\s]*)?$")
    """Where a kind that fetches short-lived tokens does so, such as a sandbox; by default the vendor's production address."""
    locations: dict[str, str] = Field(default_factory=dict)
    """What a purchasing system calls our locations, by our location id, where it does not use the same codes."""
    employee: str | None = None
    """The employee in whose name requisitions are made there, by the code of the employee's party."""
    approved_there: bool = False
    """Whether people approve in Tryton what is handed in to it; otherwise our approval is taken on there, and it is processed."""
    reference_field: str = Field("custom_proposal_id", pattern=r"^[a-z][a-z0-9_]{0,60}$")
    """The custom field of ERPNext's Material Request that holds a proposal's id."""
    database: str | None = None
    """Which database of an Odoo server, where the address alone does not say it."""
    api_version: str | None = None
    notifies_customers: bool = True
    """Whether a shop that is told of a shipment tells its customer at once."""
    deadline_seconds: float | None = Field(None, gt=0, le=300)
    """How long one request may take, where the kind's own default does not fit."""
    x12: X12Recipient | None = None
    """Who writes to whom, and in whose codes, for a kind that writes X12."""

    @model_validator(mode="after")
    def _reachable(self) -> Destination:
        if not self.kind.endswith("_api"):
            return self
        if self.url is None or (self.secret_env is None) == (self.secret_file is None):
            raise ValueError(f"a {self.kind} destination needs `url`, and one of `secret_env` and `secret_file`")
        for name, url in (("url", self.url), ("token_url", self.token_url or "")):
            if url.startswith("http:") and urlsplit(url).hostname not in ("127.0.0.1", "localhost", "::1"):
                raise ValueError(f"`{name}` {url} would send the key in clear text; write https://")
        return self

    @model_validator(mode="after")
    def _complete(self) -> Destination:
        if self.kind not in PURCHASING_KINDS and self.account is None:
            raise ValueError(f"a {self.kind} destination needs `account`, the sales account it writes to")
        located = self.kind.startswith("shopify_inventory") or self.kind == "medusa_inventory_api"
        if located and self.location is None:
            raise ValueError(
                f"a {self.kind} destination needs `location`, the channel's own name or id of the location"
            )
        if self.kind == "amazon_listings_feed" and self.seller_id is None:
            raise ValueError("an amazon_listings_feed destination needs `seller_id`")
        amazon = self.kind in ("amazon_listings_api", "amazon_listings_feed_api")
        if amazon and (self.seller_id is None or self.marketplace is None):
            raise ValueError(f"a {self.kind} destination needs `seller_id`, and `marketplace`, such as `ATVPDKIKX0DER`")
        if self.kind == "tryton_requisition_api" and self.employee is None:
            raise ValueError(
                "a tryton_requisition_api destination needs `employee`, the code of an employee's party there"
            )
        if self.kind != "tryton_requisition_api" and self.approved_there:
            raise ValueError(
                f"`approved_there` is for tryton_requisition_api; a {self.kind} destination approves nothing"
            )
        if (self.kind in ("inventory_advice_x12", "purchase_order_x12")) != (self.x12 is not None):
            raise ValueError("a destination that writes X12, and no other, needs `x12`, with sender_id and receiver_id")
        if self.kind == "amazon_shipment_api" and self.marketplace is None:
            raise ValueError("an amazon_shipment_api destination needs `marketplace`, such as `ATVPDKIKX0DER`")
        if self.kind == "ebay_stock_api" and self.marketplace is None:
            raise ValueError("an ebay_stock_api destination needs `marketplace`, such as `EBAY_US`")
        return self
