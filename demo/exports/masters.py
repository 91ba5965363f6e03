"""Master data: what the warehouse system says about products, kits, suppliers, places and listings; the shops' products."""

from __future__ import annotations

import polars as pl

from demo.business import (
    BASE_CURRENCY,
    CATEGORIES,
    COMPANY,
    FBA,
    LOCATIONS,
    OWN,
    SALES_ACCOUNTS,
    SHOPIFY_EU,
    SHOPIFY_US,
    STORE,
    SUPPLIERS,
    THREEPL_ZONE,
    TIME_ZONE,
)
from demo.catalogue import Catalogue
from demo.exports.schedule import MASTER_EXPORT
from demo.exports.tables import Export, house_frame, laid_out, words
from demo.master_facts import STOCK_ACCOUNTS
from ingestion.systems import HOUSE

_PLACES = (("Northlight warehouse", "warehouse"), ("Prairie fulfilment", "3pl"), ("Marketplace stock", "marketplace"),
           ("Northlight store", "store"))  # fmt: skip
_PRODUCT_HEADER = (
    "Handle", "Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags", "Published", "Option1 Name",
    "Option1 Value", "Option2 Name", "Option2 Value", "Option3 Name", "Option3 Value", "Variant SKU", "Variant Grams",
    "Variant Inventory Tracker", "Variant Inventory Qty", "Variant Inventory Policy", "Variant Fulfillment Service",
    "Variant Price", "Variant Compare At Price", "Variant Requires Shipping", "Variant Taxable", "Variant Barcode",
    "Image Src", "Image Position", "Image Alt Text", "Gift Card", "SEO Title", "SEO Description", "Variant Weight Unit",
    "Variant Tax Code", "Cost per item", "Included / Main", "Price / Main", "Status",
)  # fmt: skip


def master_exports(catalogue: Catalogue) -> list[Export]:
    """Return the house masters and one Shopify products export per shop."""
    tables = {
        "products": _products(catalogue),
        "kits": _kits(catalogue),
        "suppliers": _suppliers(),
        "supplier_terms": _terms(catalogue),
        "locations": _locations(),
        "listings": _listings(catalogue),
    }
    house = [
        Export("wms", name, name, MASTER_EXPORT, house_frame(HOUSE.feed(name), cells)) for name, cells in tables.items()
    ]
    shops = [
        Export(SALES_ACCOUNTS[n].name, "products", "products_export", MASTER_EXPORT, _shop_products(catalogue, n))
        for n in (SHOPIFY_US, SHOPIFY_EU)
    ]
    return house + shops


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _yes(flag: bool) -> str:
    return "true" if flag else "false"


def _products(catalogue: Catalogue) -> dict[str, list[str]]:
    items = catalogue.items
    return {
        "sku": [i.sku for i in items],
        "title": [i.title for i in items],
        "category": [CATEGORIES[i.category].name for i in items],
        "lifecycle": ["" if i.lifecycle == "active" and n % 10 == 0 else i.lifecycle for n, i in enumerate(items)],
        "unit_cost_amount": [f"{i.cost:.2f}" for i in items],
        "price_amount": [f"{i.price:.2f}" for i in items],
        "currency": [BASE_CURRENCY for _ in items],
        "weight_grams": [str(i.grams) for i in items],
        "barcode": [f"20{n:010d}{n % 10}" for n, _ in enumerate(items)],
        "is_stock_tracked": [_yes(i.is_tracked) for i in items],
        "launched_on": [_text(i.launched_on) for i in items],
        "ending_on": [_text(i.ending_on) for i in items],
    }


def _kits(catalogue: Catalogue) -> dict[str, list[str]]:
    rows = [(kit, part, quantity) for kit, parts in catalogue.kits.items() for part, quantity in parts]
    return {
        "kit_sku": [catalogue.items[kit].sku for kit, _, _ in rows],
        "component_sku": [catalogue.items[part].sku for _, part, _ in rows],
        "component_qty": [str(quantity) for _, _, quantity in rows],
    }


def _suppliers() -> dict[str, list[str]]:
    return {
        "supplier_id": [s.supplier_id for s in SUPPLIERS],
        "supplier_name": [s.name for s in SUPPLIERS],
        "currency": [s.currency for s in SUPPLIERS],
        "lead_time_days": ["" if s.declared is None else f"{s.declared:g}" for s in SUPPLIERS],
        "review_days": [_text(s.review) for s in SUPPLIERS],
        "is_active": ["true" for _ in SUPPLIERS],
    }


def _terms(catalogue: Catalogue) -> dict[str, list[str]]:
    rows = [(term, quantity, cost) for term in catalogue.terms for quantity, cost in term.breaks]
    return {
        "supplier_id": [SUPPLIERS[t.supplier].supplier_id for t, _, _ in rows],
        "sku": [catalogue.items[t.item].sku for t, _, _ in rows],
        "supplier_sku": [f"{SUPPLIERS[t.supplier].name[:3].upper()}{t.item:05d}" for t, _, _ in rows],
        "lead_time_days": ["" if t.lead_days is None else f"{t.lead_days:g}" for t, _, _ in rows],
        "moq_qty": [_text(t.moq) for t, _, _ in rows],
        "order_multiple_qty": [_text(t.multiple) for t, _, _ in rows],
        "price_break_qty": [str(quantity) for _, quantity, _ in rows],
        "unit_cost_amount": [f"{cost:.2f}" for _, _, cost in rows],
        "currency": [SUPPLIERS[t.supplier].currency for t, _, _ in rows],
        "priority": [_text(t.priority) for t, _, _ in rows],
    }


def _locations() -> dict[str, list[str]]:
    numbers = range(len(LOCATIONS))
    return {
        "location_id": list(LOCATIONS),
        "location_name": [name for name, _ in _PLACES],
        "location_type": [kind for _, kind in _PLACES],
        "country": ["US" for _ in numbers],
        "time_zone": [THREEPL_ZONE if n == 1 else TIME_ZONE for n in numbers],
        "stock_account": [STOCK_ACCOUNTS[n] for n in numbers],
        "is_active": ["true" for _ in numbers],
        "is_pickup_only": ["false" for _ in numbers],
        "replenished_from_location_id": [LOCATIONS[OWN] if n in (FBA, STORE) else "" for n in numbers],
    }


def _listings(catalogue: Catalogue) -> dict[str, list[str]]:
    offers = catalogue.offers
    return {
        "channel_account": [SALES_ACCOUNTS[o.account].name for o in offers],
        "listing_id": [o.listing_id for o in offers],
        "channel_sku": [o.channel_sku for o in offers],
        "sku": [catalogue.items[o.item].sku for o in offers],
        "units_per_listing": ["" if o.units == 1 and n % 4 else str(o.units) for n, o in enumerate(offers)],
        "asin": [o.asin for o in offers],
        "fnsku": [o.fnsku for o in offers],
        "channel_product_id": [o.product_id for o in offers],
        "product_type": [o.product_type for o in offers],
        "fulfilled_by": ["channel" if o.by_channel else "merchant" for o in offers],
        "listing_status": ["active" if o.is_active else "inactive" for o in offers],
    }


def handle(title: str, number: int) -> str:
    """Return a product's handle in a shop: its title in small letters, with its number."""
    plain = "".join(c if c.isalnum() else "-" for c in title.lower())
    return "-".join(part for part in plain.split("-") if part) + f"-{number}"


def _shop_products(catalogue: Catalogue, account: int) -> pl.DataFrame:
    """Return a shop's products; every fifth has a second, image-only row."""
    rate = SALES_ACCOUNTS[account].rate
    rows: list[dict[str, str | None]] = []
    for offer in (o for o in catalogue.offers if o.account == account):
        item = catalogue.items[offer.item]
        name = handle(item.title, offer.item)
        rows.append({
            "Handle": name, "Title": item.title, "Body (HTML)": f"<p>{item.title}</p>", "Vendor": COMPANY,
            "Type": CATEGORIES[item.category].name, "Published": "true", "Option1 Name": "Title",
            "Option1 Value": "Default Title", "Variant SKU": offer.channel_sku, "Variant Grams": str(item.grams),
            "Variant Inventory Tracker": "shopify" if item.is_tracked else None, "Variant Inventory Policy": "deny",
            "Variant Fulfillment Service": "manual", "Variant Price": f"{item.price * rate:.2f}",
            "Variant Requires Shipping": _yes(item.is_tracked), "Variant Taxable": _yes(item.is_tracked),
            "Gift Card": _yes(not item.is_tracked), "Variant Weight Unit": "g", "Cost per item": f"{item.cost * rate:.2f}",
            "Included / Main": "true", "Status": "active" if offer.is_active else "archived",
            "Image Src": f"https://images.example.com/{name}/1.jpg", "Image Position": "1",
        })  # fmt: skip
        if offer.item % 5 == 0:
            rows.append(
                {"Handle": name, "Image Src": f"https://images.example.com/{name}/2.jpg", "Image Position": "2"}
            )
    columns = {h: words([row.get(h) or "" for row in rows]) for h in _PRODUCT_HEADER if any(row.get(h) for row in rows)}
    return laid_out(_PRODUCT_HEADER, columns, len(rows))
