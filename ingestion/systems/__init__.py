"""The source systems Tallyhouse reads. This tuple is the only list; nothing scans the folder."""

from ingestion.contract import System
from ingestion.systems.amazon import AMAZON
from ingestion.systems.house import HOUSE
from ingestion.systems.shopify import SHOPIFY
from ingestion.systems.x12 import X12

SYSTEMS: tuple[System, ...] = (SHOPIFY, AMAZON, HOUSE, X12)


def system_named(name: str) -> System:
    """Return the system of that name; KeyError names the systems there are."""
    for system in SYSTEMS:
        if system.name == name:
            return system
    raise KeyError(f"no system {name!r}; there are {', '.join(s.name for s in SYSTEMS)}")


__all__ = ["AMAZON", "HOUSE", "SHOPIFY", "SYSTEMS", "X12", "system_named"]
