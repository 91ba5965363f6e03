"""Purchase orders and their ship notices: 850 and 856. One `Line` per PO1, or per item level of the HL tree with its SN1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from company import X12Partner
from ingestion.x12.lines import (
    Line,
    Party,
    RefusedLineError,
    RefusedTransactionError,
    check_total,
    dated,
    day,
    element,
    instant,
    line_of,
    location,
    loops,
    marks,
    one,
    parties,
    references,
    sellable,
)
from ingestion.x12.products import pairs_from, product
from ingestion.x12.tokens import Segment


def read_purchase_order(body: Sequence[Segment], partner: X12Partner) -> Iterator[Line]:
    """850: one line per PO1. The unit price is as written, per unit of measure as written."""
    header, items = loops((s for s in body if s.id != "CTT"), "PO1")
    check_total(partner, one(body, "CTT"), len(items))
    beg, found = header[0], parties(header)
    common = {
        "purpose_code": beg.at(1), "order_type": beg.at(2), "purchase_order_id": beg.at(3), "ordered_on": day(beg.at(5)),
        "currency": element(one(header, "CUR"), 2), "requested_delivery_on": dated(header, "002")[0],
        "requested_ship_on": dated(header, "010")[0], "buyer_code": found.get("BY", Party()).code,
        "seller_code": (found.get("SE") or found.get("SU") or found.get("VN") or Party()).code,
        "ship_to_code": found.get("ST", Party()).code,
    }  # fmt: skip
    for item in items:
        yield line_of(item, _order_cells, item, common, partner)


def _order_cells(item: Sequence[Segment], common: dict[str, str], partner: X12Partner) -> dict[str, str]:
    po1 = item[0]
    where = f"segment {po1.number}"
    own = {
        name: value
        for name, qualifier in (("requested_delivery_on", "002"), ("requested_ship_on", "010"))
        if (value := dated(item, qualifier)[0])
    }
    return common | own | product(pairs_from(po1, 6), partner, where).cells | {
        "order_line_id": po1.at(1), "ordered_qty": sellable(po1.at(2), po1.at(3), partner, where), "unit": po1.at(3),
        "unit_price_amount": po1.at(4), "price_basis": po1.at(5),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Level:
    """One HL with the segments under it; `above` is the level it hangs on."""

    segments: Sequence[Segment]
    above: _Level | None

    @property
    def path(self) -> Iterator[_Level]:
        """The level itself, then those above it."""
        level: _Level | None = self
        while level is not None:
            yield level
            level = level.above

    @property
    def code(self) -> str:
        """HL03: S shipment, O order, T tare, P pack, I item."""
        return self.segments[0].at(3)


_DEEPEST = 20


def _tree(groups: Sequence[Sequence[Segment]]) -> list[_Level]:
    """Hang every HL on its parent; raises `RefusedTransactionError` when they make no tree."""
    levels: dict[int, _Level] = {}
    depth: dict[int, int] = {0: 0}
    for segments in groups:
        hl = segments[0]
        own, parent = int(hl.at(1)), int(hl.at(2) or 0)
        if own in levels or own == 0 or parent not in depth:
            raise RefusedTransactionError(
                "broken_hierarchy", f"segment {hl.number}: HL01 {hl.at(1)} stands twice or its parent comes later"
            )
        if (parent == 0) != (hl.at(3) == "S") or hl.at(3) not in set("SOTPI"):
            raise RefusedTransactionError(
                "broken_hierarchy",
                f"segment {hl.number}: an S, and only an S, hangs on nothing; levels are S, O, T, P, I",
            )
        depth[own] = depth[parent] + 1
        if depth[own] > _DEEPEST:
            raise RefusedTransactionError("broken_hierarchy", f"segment {hl.number}: more than {_DEEPEST} levels")
        levels[own] = _Level(segments, levels.get(parent))
    return list(levels.values())


def read_ship_notice(body: Sequence[Segment], partner: X12Partner) -> Iterator[Line]:
    """856: one line per item level. Order, packs, carrier and parties are those of the nearest level above that names them."""
    header, groups = loops((s for s in body if s.id != "CTT"), "HL")
    levels = _tree(groups)
    check_total(partner, one(body, "CTT"), len(levels), sum(level.code == "I" for level in levels))
    bsn = header[0]
    common = {
        "purpose_code": bsn.at(1), "shipment_id": bsn.at(2), "notice_on": day(bsn.at(3)),
        "notice_at": instant(bsn.at(3), bsn.at(4)),
    }  # fmt: skip
    for level in levels:
        if level.code == "I" or one(level.segments, "SN1", "LIN"):
            yield line_of(level.segments, _notice_cells, level, header, common, partner)


def _notice_cells(
    level: _Level, header: Sequence[Segment], common: dict[str, str], partner: X12Partner
) -> dict[str, str]:
    where = f"segment {level.segments[0].number}"
    lins, quantities = ([s for s in level.segments if s.id == name] for name in ("LIN", "SN1"))
    if level.code != "I" or len(lins) != 1 or len(quantities) != 1:
        raise RefusedLineError(
            "bad_item", "shipped_qty", f"{where}: an item level, and only it, has one LIN and one SN1"
        )
    if any(one(above.segments, "SN1") for above in level.path if above is not level):
        raise RefusedLineError("bad_item", "shipped_qty", f"{where}: a level above states the quantity too")
    lin, sn1 = lins[0], quantities[0]
    missing = lin.width % 2 == 0
    scopes = [above.segments for above in level.path] + [header]
    return common | product(pairs_from(lin, 1 if missing else 2), partner, where).cells | _context(scopes, partner) | {
        "line_id": "" if missing else lin.at(1), "unit": sn1.at(3),
        "shipped_qty": sellable(sn1.at(2), sn1.at(3), partner, where),
        "ordered_qty": sellable(sn1.at(5), sn1.at(6) or sn1.at(3), partner, where),
        "order_line_id": references(level.segments, "LI", "PL"),
    }  # fmt: skip


def _context(scopes: Sequence[Sequence[Segment]], partner: X12Partner) -> dict[str, str]:
    """Return what an item takes from the nearest scope that names it."""

    def nearest(*found: str) -> str:
        return next(filter(None, found), "")

    shipped = nearest(*("|".join(dated(s, "011")) for s in scopes if dated(s, "011")[0]))
    expected = nearest(*("|".join(dated(s, "017")) for s in scopes if dated(s, "017")[0]))
    shipped_on, _, shipped_at = shipped.partition("|")
    expected_on, _, expected_at = expected.partition("|")
    return {
        "purchase_order_id": nearest(*(element(one(s, "PRF"), 1) for s in scopes)),
        "shipped_on": shipped_on, "shipped_at": shipped_at,
        "expected_delivery_on": expected_on, "expected_delivery_at": expected_at,
        "carrier": nearest(*(element(one(s, "TD5"), 3) for s in scopes)),
        "bill_of_lading_id": nearest(*(references(s, "BM") for s in scopes)),
        "pro_number": nearest(*(references(s, "CN") for s in scopes)),
        "packing_list_id": nearest(*(references(s, "PK") for s in scopes)),
        "tracking_ids": nearest(
            *(" ".join(filter(None, (references(s, "2I"), marks(s, "CP", "CN")))) for s in scopes)
        ),
        "package_ids": nearest(*(marks(s, "GM") for s in scopes)),
        "location_code": nearest(*(location(parties(s), partner) for s in scopes)),
        "ship_to_code": nearest(*(parties(s).get("ST", Party()).code for s in scopes)),
    }  # fmt: skip
