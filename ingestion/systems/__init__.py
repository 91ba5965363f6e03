"""The source systems Tallyhouse reads. This tuple is the only list; nothing scans the folder."""

from ingestion.contract import System
from ingestion.systems.aftership import AFTERSHIP
from ingestion.systems.amazon import AMAZON
from ingestion.systems.easypost import EASYPOST
from ingestion.systems.ebay import EBAY
from ingestion.systems.house import HOUSE
from ingestion.systems.loop import LOOP
from ingestion.systems.shipbob import SHIPBOB
from ingestion.systems.shipstation import SHIPSTATION
from ingestion.systems.shopify import SHOPIFY
from ingestion.systems.stripe import STRIPE
from ingestion.systems.tiktok import TIKTOK
from ingestion.systems.walmart import WALMART
from ingestion.systems.woocommerce import WOOCOMMERCE
from ingestion.systems.x12 import X12

SYSTEMS: tuple[System, ...] = (
    SHOPIFY,
    AMAZON,
    HOUSE,
    X12,
    WOOCOMMERCE,
    WALMART,
    SHIPSTATION,
    SHIPBOB,
    EASYPOST,
    AFTERSHIP,
    LOOP,
    EBAY,
    TIKTOK,
    STRIPE,
)


def system_named(name: str) -> System:
    """Return the system of that name; KeyError names the systems there are."""
    for system in SYSTEMS:
        if system.name == name:
            return system
    raise KeyError(f"no system {name!r}; there are {', '.join(s.name for s in SYSTEMS)}")


__all__ = [
    "AFTERSHIP",
    "AMAZON",
    "EASYPOST",
    "EBAY",
    "HOUSE",
    "LOOP",
    "SHIPBOB",
    "SHIPSTATION",
    "SHOPIFY",
    "STRIPE",
    "SYSTEMS",
    "TIKTOK",
    "WALMART",
    "WOOCOMMERCE",
    "X12",
    "system_named",
]
