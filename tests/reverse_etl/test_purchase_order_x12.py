"""Written purchase orders, read back by the reader of purchase orders: the same lines, whatever the proposals hold."""

from __future__ import annotations

import string
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import company
from ingestion.pages import ReadLimits, ReadOptions
from ingestion.systems.x12 import X12
from ingestion.x12 import open_x12
from ops import DocumentNumber, open_store
from reverse_etl.contract import PurchaseProposal, Target
from reverse_etl.destinations.purchase_order_x12 import PurchaseOrderX12
from tests.reverse_etl.conftest import World

DESTINATION = PurchaseOrderX12()
AT = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
NUMBER = DocumentNumber(1, AT)
CODES = (
    st.text(string.ascii_letters + string.digits + " -_./#:=+@'\"%&()", min_size=1, max_size=48)
    .map(str.strip)
    .filter(bool)
)
ANYTHING = st.from_regex(r"[^\x00-\x08\x0b\x0c\x0e-\x1f]{1,60}", fullmatch=True)


def target(**changes: Any) -> Target:
    partner = {"sender_id": "DEMOBUYER", "receiver_id": "ACMEDEMO", **changes}
    return Target("edi", company.Destination(kind="purchase_order_x12", x12=partner))  # type: ignore[arg-type]


def proposals(codes: st.SearchStrategy[str]) -> st.SearchStrategy[list[PurchaseProposal]]:
    one = st.builds(
        PurchaseProposal, proposal_id=st.uuids().map(str), supplier_id=st.sampled_from(["ACME", "BRIGHT"]), sku_id=codes,
        supplier_sku=st.none() | codes, location_id=st.sampled_from(["OWN1", "OWN2"]), quantity=st.integers(1, 999_999_999),
        unit_cost_amount=st.none() | st.decimals(0, 10**6, places=4), currency=st.none() | st.sampled_from(["USD", "EUR"]),
        expected_on=st.none() | st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    )  # fmt: skip
    return st.lists(one, min_size=1, max_size=12, unique_by=lambda row: row.proposal_id)


def read(content: bytes, folder: Path, **partner: Any) -> dict[str, list[dict[str, Any]]]:
    """Rows by entity; a refused row or a problem of the envelope fails."""
    path = folder / "order.x12"
    path.write_bytes(content)
    options = ReadOptions(ReadLimits(), partner={"sku_qualifiers": ("BP",), **partner})
    found: dict[str, list[dict[str, Any]]] = {}
    for page in open_x12(path, X12, options).pages:
        assert page.rejects.num_rows == 0, page.rejects.to_pylist()
        found.setdefault(page.entity, []).extend(page.rows.to_pylist())
    return found


@settings(max_examples=60, deadline=None)
@given(rows=proposals(CODES), number=st.integers(1, 999_999_999), version=st.sampled_from(["004010", "005010"]))
def test_every_proposal_is_one_line_with_its_own_terms(
    tmp_path_factory: pytest.TempPathFactory, rows: list[PurchaseProposal], number: int, version: str
) -> None:
    content = DESTINATION.encode_numbered(rows, target(version=version), DocumentNumber(number, AT))
    lines = read(content, tmp_path_factory.mktemp("x"))["purchase_orders"]
    assert Counter(map(_written, enumerate(rows, start=1))) == Counter(map(_read_back, lines))
    orders = {(row.supplier_id, row.location_id, row.currency) for row in rows}
    assert len({line["purchase_order_id"] for line in lines}) == len(orders)


def _written(numbered: tuple[int, PurchaseProposal]) -> tuple[Any, ...]:
    number, row = numbered
    return (str(number), row.sku_id, row.quantity, row.unit_cost_amount, row.currency, row.location_id, row.supplier_id,
            row.expected_on, f"VN:{row.supplier_sku}" if row.supplier_sku else None)  # fmt: skip


def _read_back(line: dict[str, Any]) -> tuple[Any, ...]:
    price, ids = line["unit_price_amount"], line["product_ids"]
    theirs = ids.split(f"BP:{line['sku']}", 1)[1].strip()
    day = line["requested_delivery_on"]
    return (line["order_line_id"], line["sku"], int(line["ordered_qty"]), Decimal(price) if price else None,
            line["currency"] or None, line["ship_to_code"], line["seller_code"], date.fromisoformat(day) if day else None,
            theirs or None)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(rows=proposals(ANYTHING))
def test_what_cannot_be_written_is_refused_and_never_altered(
    tmp_path_factory: pytest.TempPathFactory, rows: list[PurchaseProposal]
) -> None:
    fine = [row for row in rows if DESTINATION.unaddressable(row, target()) is None]
    if len(fine) < len(rows):
        with pytest.raises(ValueError, match="cannot carry"):
            DESTINATION.encode_numbered(rows, target(), NUMBER)
    if fine:
        lines = read(DESTINATION.encode_numbered(fine, target(), NUMBER), tmp_path_factory.mktemp("x"))[
            "purchase_orders"
        ]
        assert Counter(line["sku"] for line in lines) == Counter(row.sku_id for row in fine)


@pytest.mark.parametrize("code", ["a*b", "a~b", "a>b", "a^b", " a", "a ", "a\nb", "é", "", "x" * 49])
def test_a_code_with_a_separator_is_held(code: str) -> None:
    row = PurchaseProposal.model_construct(proposal_id="P1", supplier_id="ACME", sku_id=code, location_id="OWN1")
    assert DESTINATION.unaddressable(row, target()) == "mapping_unwritable"


def test_the_segments_are_those_of_the_standard() -> None:
    row = PurchaseProposal(
        proposal_id="P1", supplier_id="ACME", supplier_sku="A-1", sku_id="SKU-1", location_id="OWN1", quantity=7,
        unit_cost_amount=Decimal("2.5000"), currency="USD", expected_on=date(2026, 12, 4),
    )  # fmt: skip
    lines = DESTINATION.encode_numbered([row], target(test=True), DocumentNumber(12, AT)).decode("ascii").splitlines()
    assert len(lines[0]) == 106
    order = lines[3].split("*")[3]
    assert lines[1:] == [
        "GS*PO*DEMOBUYER*ACMEDEMO*20261123*0630*12*X*004010~", "ST*850*0001~", f"BEG*00*NE*{order}**20261123~",
        "CUR*BY*USD~", "N1*BY**92*DEMOBUYER~", "N1*SU**92*ACME~", "N1*ST**92*OWN1~",
        "PO1*1*7*EA*2.5*PE*BP*SKU-1*VN*A-1~", "DTM*002*20261204~", "CTT*1~", "SE*10*0001~", "GE*1*12~", "IEA*1*000000012~",
    ]  # fmt: skip
    assert lines[0] == (
        "ISA*00*          *00*          *ZZ*DEMOBUYER      *ZZ*ACMEDEMO       *261123*0630*U*00401*000000012*0*T*>~"
    )
    assert 2 < len(order) <= 22


TOML = """
environment = "test"
[company]
name = "EDI test"
[destinations.edi]
kind = "purchase_order_x12"
x12 = { sender_id = "DEMOBUYER", receiver_id = "ACMEDEMO" }
[purchasing]
auto_approve_up_to = 1000000
[environments.demo]
[environments.local]
[environments.prod]
[environments.test]
push = true
"""


def test_files_have_numbers_of_their_own_and_a_receipt_answers_them(tmp_path: Path) -> None:
    (tmp_path / company.CONFIG_FILE).write_text(TOML, encoding="utf-8")
    world = World(tmp_path)
    world.paths.create()
    for number in (1, 2):
        world.publish(proposals=[world.proposal(number, 7), world.proposal(9, 1, sku_id="A*B")])
        report = world.push()
        assert (report.sent, report.held) == (1, 1)
    files = world.files("edi")
    envelopes = [read(path.read_bytes(), tmp_path) for path in files]
    assert sorted(row["interchange_control"] for found in envelopes for row in found["interchanges"]) == [
        "000000001",
        "000000002",
    ]
    assert sorted(row["sku"] for found in envelopes for row in found["purchase_orders"]) == ["S1", "S2"]
    (files[0].parent / f"{files[0].name}.receipt.csv").write_text(
        "proposal_id,status,reference\nP1,ordered,SO-77\nP2,accepted,\n", encoding="utf-8"
    )
    world.push()
    with open_store(world.paths.ops) as store:
        answered = store.query("select proposal_id, state, reference from proposal where answer is not null order by 1")
    assert answered == [("P1", "closed", "SO-77"), ("P2", "acknowledged", None)]


@pytest.mark.parametrize("section", ["", 'x12 = { sender_id = "A*B", receiver_id = "B" }', 'x12 = { sender_id = "A" }'])
def test_a_partner_without_its_ids_is_refused(tmp_path: Path, section: str) -> None:
    text = TOML.replace('x12 = { sender_id = "DEMOBUYER", receiver_id = "ACMEDEMO" }', section)
    (tmp_path / company.CONFIG_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(company.ConfigurationError, match="x12"):
        company.load_settings(tmp_path)
