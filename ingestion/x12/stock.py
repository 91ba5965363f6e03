"""Stock as a warehouse tells it: 846 inventory advice, 944 stock receipt, 947 stock adjustment.

Each reader takes a checked transaction's body and yields one `Line` per quantity (846), line received (944) or adjusted (947).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from company import X12Partner
from ingestion.x12.lines import (
    Line,
    RefusedLineError,
    check_total,
    dated,
    day,
    element,
    instant,
    line_of,
    location,
    loops,
    number,
    one,
    parties,
    references,
    sellable,
    totalled,
    written,
)
from ingestion.x12.products import pairs_from, product
from ingestion.x12.tokens import Segment


def read_inventory_advice(body: Sequence[Segment], partner: X12Partner) -> Iterator[Line]:
    """846: one line per LIN and QTY."""
    header, items = loops((s for s in body if s.id != "CTT"), "LIN")
    check_total(partner, one(body, "CTT"), len(items))
    bia = header[0]
    effective_on, effective_at = dated(header, "007", "405", "514")
    common = {
        "purpose_code": bia.at(1), "report_type": bia.at(2), "report_id": bia.at(3),
        "as_of_on": effective_on or day(bia.at(4)),
        "as_of_at": effective_at or instant(bia.at(4), bia.at(5)),
    }  # fmt: skip
    place = location(parties(header), partner)
    for item in items:
        yield from _stock_lines(item, common, place, partner)


def _stock_lines(item: Sequence[Segment], common: dict[str, str], place: str, partner: X12Partner) -> Iterator[Line]:
    head, quantities = loops(item, "QTY")
    lin = head[0]
    if not quantities:
        yield Line(head, {}, RefusedLineError("missing_segment", "qty", f"segment {lin.number}: LIN without QTY"))
        return
    for quantity, where in zip(quantities, _places(head, quantities, place, partner), strict=True):
        yield line_of([lin, *quantity], _stock_cells, lin, quantity, where, common, partner)


def _stock_cells(
    lin: Segment, quantity: Sequence[Segment], place: str | None, common: dict[str, str], partner: X12Partner
) -> dict[str, str]:
    qty = quantity[0]
    where = f"segment {qty.number}"
    if place is None:
        raise RefusedLineError(
            "ambiguous_location", "location_code", f"{where}: several locations follow the quantities"
        )
    code = qty.at(1)
    if code not in partner.quantity_codes:
        raise RefusedLineError(
            "unmapped_code",
            "state",
            f"{where}: QTY01 {code!r} is not in x12.quantity_codes; say which stock state it is",
        )
    # LIN01 is optional, and some partners leave out its place too: then the number of elements is even
    missing = lin.width % 2 == 0
    found = product(pairs_from(lin, 1 if missing else 2), partner, f"segment {lin.number}")
    unit = (qty.at(3) or element(one(quantity, "UIT"), 1)).split(qty.separators.component)[0]
    return common | {
        "location_code": place, "line_id": "" if missing else lin.at(1), **found.cells, "state": partner.quantity_codes[code],
        "quantity_code": code, "qty": sellable(qty.at(2), unit, partner, where), "unit": unit,
    }  # fmt: skip


def _places(
    head: Sequence[Segment], quantities: Sequence[Sequence[Segment]], place: str, partner: X12Partner
) -> list[str | None]:
    """Return each quantity's location; None where several follow it and none can be told to be its own."""
    own = location(parties(head), partner)
    after = [location(parties(quantity), partner) for quantity in quantities]
    if own:
        # a location before the first quantity: each one holds until the next
        found: list[str | None] = []
        for code in after:
            found.append(own)
            own = code or own
        return found
    named = [index for index, code in enumerate(after) if code]
    if not named:
        return [place] * len(quantities)
    if named == [len(quantities) - 1]:
        return [after[-1]] * len(quantities)
    return [None] * len(quantities)


def read_stock_receipt(body: Sequence[Segment], partner: X12Partner) -> Iterator[Line]:
    """944: one line per W07. Damaged, short and over units are the line's W13 exceptions, by the partner's codes."""
    header, items = loops((s for s in body if s.id not in {"W14", "LX"}), "W07")
    plain = totalled((item[0] for item in items), 1)
    damaged = totalled((s for item in items for s in item if _condition(s, partner) == "damaged"), 1)
    both = None if plain is None or damaged is None else plain + damaged
    check_total(partner, one(body, "W14"), plain, both)
    w17, w08 = header[0], one(header, "W08")
    received_on, received_at = dated(header, "09", "50")
    common = {
        "reporting_code": w17.at(1), "receipt_id": w17.at(3), "depositor_order_id": w17.at(4),
        "shipment_id": w17.at(5), "received_on": received_on or day(w17.at(2)), "received_at": received_at,
        "location_code": location(parties(header), partner), "carrier": element(w08, 2),
        "purchase_order_id": references(header, "PO"),
    }  # fmt: skip
    for item in items:
        yield line_of(item, _receipt_cells, item, common, partner)


def _condition(segment: Segment, partner: X12Partner) -> str:
    return partner.condition_codes.get(segment.at(3), "") if segment.id == "W13" else ""


def _receipt_cells(item: Sequence[Segment], common: dict[str, str], partner: X12Partner) -> dict[str, str]:
    w07 = item[0]
    where = f"segment {w07.number}"
    found = product([(w07.at(4), w07.at(5)), (w07.at(6), w07.at(7))], partner, where)
    exceptions = {"damaged": Decimal(0), "short": Decimal(0), "over": Decimal(0)}
    for segment in item:
        if segment.id == "W13":
            kind = _condition(segment, partner)
            if not kind:
                raise RefusedLineError(
                    "unmapped_code", "damaged_qty",
                    f"segment {segment.number}: W1303 {segment.at(3)!r} is not in x12.condition_codes",
                )  # fmt: skip
            stated = sellable(segment.at(1), segment.at(2) or w07.at(2), partner, f"segment {segment.number}")
            exceptions[kind] += Decimal(stated)
    received = sellable(w07.at(1), w07.at(2), partner, where)
    return common | {
        **found.cells, "upc_case_code": w07.at(3), "lot_code": w07.at(8), "unit": w07.at(2), "received_qty": received,
        **{f"{kind}_qty": written(value) for kind, value in exceptions.items()},
        "accepted_qty": _accepted(received, exceptions["damaged"], partner, where),
        "damage_reason": next((s.at(5) for s in item if _condition(s, partner) == "damaged"), ""),
        "purchase_order_line": references(item, "LI", "PL"),
    }  # fmt: skip


def _accepted(received: str, damaged: Decimal, partner: X12Partner, where: str) -> str:
    """Return the good units of a line: whether the quantity received counts the damaged ones is the partner's custom."""
    stated = number(received)
    if stated is None or not damaged:
        return received
    if partner.received_includes_damaged is None:
        raise RefusedLineError(
            "unmapped_code", "accepted_qty",
            f"{where}: some units are damaged (W13); set x12.received_includes_damaged to say whether W0701 counts them",
        )  # fmt: skip
    return written(stated - damaged if partner.received_includes_damaged else stated)


def read_stock_adjustment(body: Sequence[Segment], partner: X12Partner) -> Iterator[Line]:
    """947: one line per W19; the quantity is signed."""
    header, items = loops((s for s in body if s.id != "LX"), "W19")
    w15 = header[0]
    common = {
        "adjusted_on": day(w15.at(1)), "adjustment_id": w15.at(2), "depositor_adjustment_id": w15.at(3),
        "adjusted_at": dated(header, "07", "50", "007")[1], "location_code": location(parties(header), partner),
    }  # fmt: skip
    for item in items:
        yield line_of(item, _adjustment_cells, item[0], common, partner)


def _adjustment_cells(w19: Segment, common: dict[str, str], partner: X12Partner) -> dict[str, str]:
    where = f"segment {w19.number}"
    if w19.at(1) not in partner.adjustment_reasons:
        raise RefusedLineError(
            "unmapped_code", "reason", f"{where}: W1901 {w19.at(1)!r} is not in x12.adjustment_reasons"
        )
    found = product([(w19.at(5), w19.at(6)), (w19.at(16), w19.at(17))], partner, where)
    return common | found.cells | {
        "reason_code": w19.at(1), "reason": partner.adjustment_reasons[w19.at(1)],
        "adjusted_qty": sellable(w19.at(2), w19.at(3), partner, where), "unit": w19.at(3),
        "upc_case_code": w19.at(4), "lot_code": w19.at(7),
    }  # fmt: skip
