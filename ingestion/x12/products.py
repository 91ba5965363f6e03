"""Which of a line's product ids is our SKU: pairs of qualifier and value, chosen by the partner's priority list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from company import X12Partner
from ingestion.x12.lines import RefusedLineError
from ingestion.x12.tokens import Segment


@dataclass(frozen=True, slots=True)
class Product:
    """A line's product: our SKU, the qualifier it came under, and all ids as `qualifier:value` separated by blanks."""

    sku: str
    qualifier: str
    pairs: tuple[tuple[str, str], ...] = field(default=())

    @property
    def cells(self) -> dict[str, str]:
        """The cells every line has."""
        ids = " ".join(f"{qualifier}:{value}" for qualifier, value in self.pairs)
        return {"sku": self.sku, "sku_qualifier": self.qualifier, "product_ids": ids}


_QUALIFIER = re.compile(r"[A-Z][A-Z0-9]|[0-9][A-Z]")


def is_qualifier(text: str) -> bool:
    """Whether a text looks like a product id qualifier (element 235): two characters, one of them a letter."""
    return bool(_QUALIFIER.fullmatch(text))


def product(pairs: Sequence[tuple[str, str]], partner: X12Partner, where: str) -> Product:
    """Choose the SKU among qualifier and value pairs by the partner's list; raises `RefusedLineError` when none serves."""
    filled = tuple((qualifier, value) for qualifier, value in pairs if qualifier or value)
    for qualifier, value in filled:
        if not is_qualifier(qualifier) or not value:
            raise RefusedLineError(
                "bad_product_id", "sku", f"{where}: product ids are not pairs of qualifier and value"
            )
    for wanted in partner.sku_qualifiers:
        values = {value for qualifier, value in filled if qualifier == wanted}
        if len(values) > 1:
            raise RefusedLineError("ambiguous_product", "sku", f"{where}: several ids under qualifier {wanted!r}")
        if values:
            return Product(values.pop(), wanted, filled)
    found = ", ".join(qualifier for qualifier, _ in filled) or "none"
    raise RefusedLineError(
        "unmapped_code", "sku", f"{where}: no product id under a qualifier of x12.sku_qualifiers; found {found}"
    )


def pairs_from(segment: Segment, first: int) -> list[tuple[str, str]]:
    """Return a segment's qualifier and value pairs from that position on."""
    return [(segment.at(place), segment.at(place + 1)) for place in range(first, segment.width + 1, 2)]
