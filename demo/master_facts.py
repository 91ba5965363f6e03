"""The facts that do not change in the year: accounts, places, products, kits, terms and listings."""

from __future__ import annotations

from demo.answers.records import Account, KitComponent, Listing, Location, Product, SupplierTerm
from demo.business import (
    AMAZON,
    CATEGORIES,
    FBA,
    LOCATIONS,
    OWN,
    SALES_ACCOUNTS,
    STORE,
    SUPPLIERS,
    THREEPL,
    TIME_ZONE,
)
from demo.catalogue import Catalogue

STOCK_ACCOUNTS = {OWN: "wms", THREEPL: "threepl", FBA: "amazon_us", STORE: "wms"}
"""By location: the account whose stock feed is the authority there."""


class Masters:
    """The catalogue and the constants of the business as records."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.sku = [item.sku for item in self.catalogue.items]

    def accounts(self) -> tuple[Account, ...]:
        """Return every account, those that sell first."""
        sales = [
            Account(a.name, a.system, a.time_zone, True, LOCATIONS[FBA] if n == AMAZON else None)  # type: ignore[arg-type]
            for n, a in enumerate(SALES_ACCOUNTS)
        ]
        return (*sales, Account("wms", "house", TIME_ZONE, False), Account("threepl", "house", TIME_ZONE, False))

    def locations(self) -> tuple[Location, ...]:
        """Return the places that hold stock."""
        return tuple(
            Location(name, STOCK_ACCOUNTS[n], True, False, LOCATIONS[OWN] if n in (FBA, STORE) else None)
            for n, name in enumerate(LOCATIONS)
        )

    def products(self) -> tuple[Product, ...]:
        """Return our SKUs, kits included."""
        return tuple(
            Product(i.sku, CATEGORIES[i.category].name, i.lifecycle, i.is_tracked, i.launched_on)  # type: ignore[arg-type]
            for i in self.catalogue.items
        )

    def kit_components(self) -> tuple[KitComponent, ...]:
        """Return the direct parts of every kit."""
        return tuple(
            KitComponent(self.sku[kit], self.sku[part], quantity)
            for kit, parts in self.catalogue.kits.items()
            for part, quantity in parts
        )

    def supplier_terms(self) -> tuple[SupplierTerm, ...]:
        """Return the suppliers' terms by price break."""
        return tuple(
            SupplierTerm(
                SUPPLIERS[t.supplier].supplier_id,
                self.sku[t.item],
                t.priority,
                t.lead_days,
                t.moq,
                t.multiple,
                quantity,
            )
            for t in self.catalogue.terms
            for quantity, _ in t.breaks
        )

    def listings(self) -> tuple[Listing, ...]:
        """Return every offer of every channel."""
        return tuple(
            Listing(
                SALES_ACCOUNTS[o.account].name, o.listing_id, o.channel_sku, self.sku[o.item], o.units,
                "channel" if o.by_channel else "merchant", o.is_active,
            )
            for o in self.catalogue.offers
        )  # fmt: skip
