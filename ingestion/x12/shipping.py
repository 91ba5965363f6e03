"""Orders to a warehouse and what it shipped: 940 and 945. One `Line` per W01 or W12 of a checked transaction's body."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from company import X12Partner
from ingestion.x12.lines import (
    Line,
    Party,
    RefusedLineError,
    check_total,
    dated,
    day,
    element,
    line_of,
    location,
    loops,
    marks,
    number,
    one,
    parties,
    references,
    sellable,
    totalled,
)
from ingestion.x12.products import is_qualifier, product
from ingestion.x12.tokens import Segment

_BY_TRACKING = ("2I", "TRK")
_SUBSTITUTED = "IS"


def read_warehouse_order(body: Sequence[Segment], partner: X12Partner) -> Iterator[Line]:
    """940: one line per W01."""
    header, loads = loops((s for s in body if s.id != "W76"), "LX", "W01")
    check_total(partner, one(body, "W76"), totalled((s for s in body if s.id == "W01"), 1))
    w05, w66, found = header[0], one(header, "W66"), parties(header)
    ship_to = found.get("ST") or found.get("CN") or Party()
    common = {
        "order_status": w05.at(1), "depositor_order_id": w05.at(2), "purchase_order_id": w05.at(3),
        "requested_ship_on": dated(header, "10")[0], "requested_delivery_on": dated(header, "02")[0],
        "location_code": location(found, partner), "ship_to_code": ship_to.code, "ship_to_country": ship_to.country,
        "ship_to_postcode": ship_to.postcode, "carrier": element(w66, 10), "transport_mode": element(w66, 2),
    }  # fmt: skip
    for item in loads:
        if item[0].id == "W01":
            yield line_of(item, _order_cells, item, common, partner)


def _order_cells(item: Sequence[Segment], common: dict[str, str], partner: X12Partner) -> dict[str, str]:
    w01 = item[0]
    where = f"segment {w01.number}"
    found = product([(w01.at(4), w01.at(5)), (w01.at(6), w01.at(7))], partner, where)
    return common | found.cells | {
        "ordered_qty": sellable(w01.at(1), w01.at(2), partner, where), "unit": w01.at(2),
        "upc_case_code": w01.at(3), "order_line_id": references(item, "LI"),
    }  # fmt: skip


def read_warehouse_shipment(body: Sequence[Segment], partner: X12Partner) -> Iterator[Line]:
    """945: one line per W12. References and marks count for the line, then for its LX, then for the shipment."""
    header, loads = loops((s for s in body if s.id != "W03"), "LX", "W12")
    check_total(partner, one(body, "W03"), totalled((s for s in body if s.id == "W12"), 3))
    common = _shipment_cells(header, partner)
    load: Sequence[Segment] = ()
    for item in loads:
        if item[0].id == "LX":
            load = item
            continue
        yield line_of(item, _shipped_cells, (item, load, header), common, partner)


def _shipment_cells(header: Sequence[Segment], partner: X12Partner) -> dict[str, str]:
    w06, w27 = header[0], one(header, "W27")
    shipped_on, shipped_at = dated(header, "11", "10", "17", "011")
    found = parties(header)
    ship_to = found.get("ST") or Party()
    return {
        "reporting_code": w06.at(1), "depositor_order_id": w06.at(2), "shipment_id": w06.at(4),
        "agent_shipment_id": w06.at(5), "purchase_order_id": w06.at(6), "shipped_on": shipped_on or day(w06.at(3)),
        "shipped_at": shipped_at, "location_code": location(found, partner), "ship_to_code": ship_to.code,
        "transport_mode": element(w27, 1), "carrier": element(w27, 2),
    }  # fmt: skip


def _identity_cells(scopes: Sequence[Sequence[Segment]]) -> dict[str, str]:
    def nearest(*found: str) -> str:
        return next(filter(None, found), "")

    return {
        "tracking_ids": nearest(
            *(" ".join(filter(None, (references(s, *_BY_TRACKING), marks(s, "CP", "CN")))) for s in scopes)
        ),
        "package_ids": nearest(*(marks(s, "GM") for s in scopes)),
        "bill_of_lading_id": nearest(*(references(s, "BM") for s in scopes)),
        "pro_number": nearest(*(references(s, "CN") for s in scopes)),
        "order_line_id": nearest(*(references(s, "LI") for s in scopes[:2])),
    }


def _shipped_cells(scopes: Sequence[Sequence[Segment]], common: dict[str, str], partner: X12Partner) -> dict[str, str]:
    w12 = scopes[0][0]
    where = f"segment {w12.number}"
    layout, upc, pairs, lot = _line_layout(w12, where)
    if w12.at(1) != _SUBSTITUTED and layout == "standard":
        pairs = [*pairs, (w12.at(17), w12.at(18))]
    found = product(pairs, partner, where)
    unit = w12.at(5)
    _check_difference(w12, where)
    return common | _identity_cells(scopes) | {
        **found.cells, "line_status": w12.at(1), "unit": unit, "upc_case_code": upc, "lot_code": lot, "layout": layout,
        "ordered_qty": sellable(w12.at(2), unit, partner, where),
        "shipped_qty": sellable(w12.at(3), unit, partner, where),
        "difference_qty": sellable(w12.at(4), unit, partner, where),
        "substituted_sku": w12.at(18) if w12.at(1) == _SUBSTITUTED and layout == "standard" else "",
    }  # fmt: skip


def _line_layout(w12: Segment, where: str) -> tuple[str, str, list[tuple[str, str]], str]:
    """Return layout, case code, product id pairs and lot of a W12.

    In the standard layout W1207 is a qualifier. A layout in use leaves W1206 empty and shifts everything from it by one: the
    case code in 07, the qualifier in 08, the id in 09.
    """
    standard = is_qualifier(w12.at(7)) and bool(w12.at(8))
    could_be_shifted = not w12.at(6) and is_qualifier(w12.at(8)) and bool(w12.at(9))
    if standard and not could_be_shifted:
        return "standard", w12.at(6), [(w12.at(7), w12.at(8))], w12.at(9)
    if could_be_shifted and not is_qualifier(w12.at(7)):
        return "shifted", w12.at(7), [(w12.at(8), w12.at(9))], w12.at(10)
    if not w12.at(7) and not w12.at(8):
        return "standard", w12.at(6), [], w12.at(9)
    raise RefusedLineError(
        "ambiguous_layout", "sku", f"{where}: W1207 and W1208 are no qualifier and id, nor clearly shifted by one"
    )


def _check_difference(w12: Segment, where: str) -> None:
    """Refuse a line whose three quantities contradict each other, whichever sign the partner gives the difference."""
    ordered, shipped, difference = (number(w12.at(place)) for place in (2, 3, 4))
    if ordered is None or shipped is None or difference is None:
        return
    if abs(ordered - shipped) != abs(difference):
        raise RefusedLineError(
            "quantities_disagree", "difference_qty", f"{where}: W1204 is not the difference of W1202 and W1203"
        )
