"""Numbers that an emulated channel gives to SKUs: the one at their end, or one of their own."""

from __future__ import annotations

import zlib

_SMALL = 100_000


def number_of(sku: str) -> int:
    """Return a whole number that stands for a SKU; no two of a few thousand are likely to share one."""
    tail = sku.rsplit("-", 1)[-1]
    return int(tail) if tail.isdigit() and int(tail) < _SMALL else _SMALL + zlib.crc32(sku.encode())
