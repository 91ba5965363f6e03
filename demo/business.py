"""What never changes in the demo company: its accounts, streams of orders, locations, suppliers and vocabulary.

Northlight Goods is invented; so are its carriers, suppliers and products.
"""

from __future__ import annotations

from dataclasses import dataclass

COMPANY = "Northlight Goods"
TIME_ZONE = "America/New_York"
BASE_CURRENCY = "USD"

LOCATIONS = ("OWN1", "3PL1", "FBA1", "STORE1")
OWN, THREEPL, FBA, STORE = range(4)


@dataclass(frozen=True, slots=True)
class SalesAccount:
    """One account customers order through; `number` starts its order numbers."""

    name: str
    system: str
    time_zone: str
    currency: str
    tax_basis: str
    number: int
    rate: float
    """Price of one base-currency unit in the account's currency."""


SALES_ACCOUNTS = (
    SalesAccount("shopify_us", "shopify", "America/New_York", "USD", "exclusive", 10_001, 1.0),
    SalesAccount("shopify_eu", "shopify", "Europe/Berlin", "EUR", "inclusive", 20_001, 0.95),
    SalesAccount("amazon_us", "amazon", "America/Los_Angeles", "USD", "exclusive", 1, 1.0),
    SalesAccount("web", "house", "Europe/London", "GBP", "inclusive", 700_001, 0.82),
    SalesAccount("wholesale", "house", "America/Chicago", "USD", "exclusive", 3_001, 1.0),
)
SHOPIFY_US, SHOPIFY_EU, AMAZON, WEB, WHOLESALE = range(5)
COUNTRIES = ("US", "DE", "US", "GB", "US")
"""By sales account: where its customers live."""
THREEPL_ZONE = "America/Chicago"


@dataclass(frozen=True, slots=True)
class Stream:
    """A way orders come in: Amazon has two, by who ships. `share` of all orders; `lines` = odds of 1, 2, 3 ... lines."""

    name: str
    account: int
    share: float
    lines: tuple[float, ...]
    assortment: float
    hours: tuple[int, int]
    """Local hours between which most orders come in."""


STREAMS = (
    Stream("shopify_us", SHOPIFY_US, 0.34, (0.58, 0.25, 0.11, 0.06), 0.85, (8, 23)),
    Stream("shopify_eu", SHOPIFY_EU, 0.19, (0.60, 0.25, 0.10, 0.05), 0.60, (7, 22)),
    Stream("amazon_fba", AMAZON, 0.20, (0.88, 0.10, 0.02), 0.35, (6, 23)),
    Stream("amazon_mfn", AMAZON, 0.09, (0.90, 0.08, 0.02), 0.30, (6, 23)),
    Stream("web", WEB, 0.13, (0.50, 0.30, 0.15, 0.05), 0.55, (7, 22)),
    Stream("wholesale", WHOLESALE, 0.05, (0.15, 0.20, 0.25, 0.20, 0.10, 0.10), 0.35, (8, 17)),
)
STREAM_US, STREAM_EU, STREAM_FBA, STREAM_MFN, STREAM_WEB, STREAM_WHOLESALE = range(6)

SOURCING: tuple[tuple[tuple[int, int], ...], ...] = (
    ((OWN, 1), (THREEPL, 2), (STORE, 3)),
    ((OWN, 1), (THREEPL, 2)),
    ((THREEPL, 1), (OWN, 2)),
    ((OWN, 1), (THREEPL, 2)),
    ((OWN, 1),),
)
"""By sales account: (location, priority), best first."""


@dataclass(frozen=True, slots=True)
class SupplierHabit:
    """How a supplier behaves: `declared` is what it says (None: nothing), `lead` and `spread` what it does, in days."""

    supplier_id: str
    name: str
    currency: str
    declared: float | None
    lead: float
    spread: float
    partial: float
    short: float
    damaged: float
    review: int | None


SUPPLIERS = (
    SupplierHabit("SUP-01", "Aldermoor Ceramics", "USD", 14, 15, 2.0, 0.10, 0.00, 0.03, 7),
    SupplierHabit("SUP-02", "Brightwater Textiles", "USD", 21, 26, 5.0, 0.20, 0.02, 0.00, 7),
    SupplierHabit("SUP-03", "Cinder & Oak Works", "USD", 10, 11, 1.5, 0.05, 0.00, 0.01, 7),
    SupplierHabit("SUP-04", "Dunmere Lighting", "EUR", 30, 44, 14.0, 0.35, 0.05, 0.05, 14),
    SupplierHabit("SUP-05", "Elmfield Paper", "USD", 7, 8, 1.0, 0.05, 0.00, 0.00, 7),
    SupplierHabit("SUP-06", "Fennel Row Care", "EUR", 18, 20, 4.0, 0.15, 0.25, 0.01, 7),
    SupplierHabit("SUP-07", "Graypoint Tools", "USD", 25, 33, 10.0, 0.40, 0.15, 0.01, 14),
    SupplierHabit("SUP-08", "Harrow Lane Pets", "USD", 12, 13, 2.0, 0.10, 0.01, 0.00, 7),
    SupplierHabit("SUP-09", "Inverloch Outdoor", "GBP", 28, 30, 6.0, 0.20, 0.03, 0.01, 7),
    SupplierHabit("SUP-10", "Juniper Basin Goods", "USD", None, 17, 3.0, 0.10, 0.00, 0.01, None),
    SupplierHabit("SUP-11", "Kestrel Import House", "USD", 35, 52, 18.0, 0.30, 0.10, 0.02, 14),
    SupplierHabit("SUP-12", "Larkhill Alternates", "USD", 9, 10, 1.0, 0.05, 0.00, 0.00, 7),
)


@dataclass(frozen=True, slots=True)
class Category:
    """A product family; `season` is the month of its peak (0 = no season) and `swing` how strong it is."""

    code: str
    name: str
    season: int
    swing: float
    nouns: tuple[str, ...]
    supplier: int


CATEGORIES = (
    Category("KIT", "kitchen", 12, 0.3, ("Mug", "Bowl", "Platter", "Teapot", "Pitcher", "Spice Jar"), 0),
    Category("TEX", "home textiles", 1, 0.3, ("Throw", "Cushion", "Towel", "Apron", "Table Runner"), 1),
    Category("WOD", "wood and table", 0, 0.0, ("Board", "Tray", "Coaster Set", "Trivet", "Crate"), 2),
    Category("LGT", "lighting", 11, 0.5, ("Lamp", "Lantern", "Light Chain", "Candle Holder"), 3),
    Category("PAP", "stationery", 9, 0.5, ("Notebook", "Planner", "Card Set", "Pen Roll", "Folder"), 4),
    Category("CAR", "personal care", 0, 0.1, ("Soap", "Balm", "Bath Salt", "Hand Cream", "Brush"), 5),
    Category("TLS", "tools", 5, 0.3, ("Hammer", "Driver Set", "Tape Measure", "Clamp", "Level"), 6),
    Category("PET", "pets", 0, 0.1, ("Lead", "Bowl Stand", "Blanket", "Toy", "Collar"), 7),
    Category("OUT", "outdoor", 6, 0.7, ("Bottle", "Picnic Rug", "Camp Mug", "Hammock", "Cool Bag"), 8),
)
ADJECTIVES = (
    "Harbor", "Juniper", "Slate", "Crème", "Amber", "Fjord", "Willow", "Copper", "Linen", "Moss", "Café", "Dune", "Birch",
    "Indigo", "Saffron", "Pebble", "Heron", "Clay", "Frost", "Marlow",
)  # fmt: skip
VARIANTS = ("small", "large", '12" wide', "350 ml", "set of two", "natural", "deep blue", "ø 20 cm", "classic")
CARRIERS = ("Swiftline", "Parcelway", "Nordhaul", "BlueCrate Freight")
TEST_TAG = "test"
