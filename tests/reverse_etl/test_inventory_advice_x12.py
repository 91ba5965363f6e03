"""X12 846 to a retailer: what is written is what every reader reads back, under a number that is never given twice."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from pyx12.x12file import X12Reader

import company
from ops import DocumentNumber, open_store
from reverse_etl import StockUpdate, Target
from reverse_etl.destinations.inventory_advice_x12 import InventoryAdviceX12
from tests.ingestion.x12.conftest import read_file
from tests.reverse_etl.conftest import World, stock

ADVICE = InventoryAdviceX12()
NUMBER = DocumentNumber(42, datetime(2026, 11, 20, 23, 30, tzinfo=UTC))
PARTIES = {"sender_id": "LEDGERSHOP", "receiver_id": "NORTHRETAIL"}
RETAILER = """
[accounts.retailer]
system = "house"
is_sales_channel = true
[destinations.advice]
kind = "inventory_advice_x12"
account = "retailer"
location = "DC1"
[destinations.advice.x12]
sender_id = "LEDGERSHOP"
receiver_id = "NORTHRETAIL"
[destinations.again]
kind = "inventory_advice_x12"
account = "retailer"
location = "DC2"
[destinations.again.x12]
sender_id = "LEDGERSHOP"
receiver_id = "NORTHRETAIL"
"""


def target(**x12: Any) -> Target:
    section = company.Destination.model_validate(
        {"kind": "inventory_advice_x12", "account": "retailer", "location": "DC1", "x12": PARTIES | x12}
    )
    return Target("advice", section)


def item(sku: str, quantity: int, product_id: str | None = None) -> StockUpdate:
    return StockUpdate(
        listing_id=f"L{sku}", channel_sku=sku, sku_id=sku, quantity=quantity, sellable_quantity=quantity,
        channel_product_id=product_id,
    )  # fmt: skip


def read_by_ours(content: bytes, **partner: Any) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        read = read_file(Path(folder), content, None, partner)
    assert [entry for rejects in read.rejects.values() for entry in rejects] == []
    return read.rows["inventory_advices"]


def read_by_theirs(content: bytes) -> list[tuple[str, str, int, str]]:
    """SKU qualifier, SKU, quantity and unit of every line, by a reader that knows nothing of ours; it checks the envelope."""
    reader = X12Reader(io.StringIO(content.decode("ascii"), newline=""))
    found, ids = [], ("", "")
    for segment in reader:
        if segment.get_seg_id() == "LIN":
            ids = (segment.get_value("LIN02"), segment.get_value("LIN03"))
        if segment.get_seg_id() == "QTY":
            found.append((*ids, int(segment.get_value("QTY02")), segment.get_value("QTY03")))
    reader.cleanup()
    assert reader.pop_errors() == []
    return found


skus = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=60)
marks = st.sampled_from([("*", ">", "~"), ("|", ":", "'"), ("+", ":", "~")])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(skus, st.integers(0, 999_999_999)), min_size=1, max_size=30, unique_by=lambda r: r[0]), marks)
def test_what_is_written_is_read_back_by_ours_and_by_another(
    wanted: Sequence[tuple[str, int]], separators: tuple[str, str, str]
) -> None:
    element, component, terminator = separators
    where = target(element_separator=element, component_separator=component, terminator=terminator)
    rows = [row for sku, units in wanted if ADVICE.unaddressable(row := item(sku, units), where) is None]
    for sku, units in wanted:
        plain = sku == sku.strip() and len(sku) <= 48 and not set(sku) & set("".join(separators) + "^")
        assert (ADVICE.unaddressable(item(sku, units), where) is None) == (
            plain and not sku.startswith(("handle:", "name:"))
        )
    if not rows:
        return
    content = ADVICE.encode_numbered(rows, where, NUMBER)
    assert [(r["sku"], int(r["qty"]), r["state"], r["location_code"]) for r in read_by_ours(content)] == [
        (row.channel_sku, row.quantity, "available", "DC1") for row in rows
    ]
    assert read_by_theirs(content) == [("SK", row.channel_sku, row.quantity, "EA") for row in rows]


def test_the_document_is_the_one_agreed_with_the_partner() -> None:
    where = target(
        receiver_qualifier="01", version="005010", report_type="MB", quantity_code="17", sku_qualifier="VN",
        partner_item_qualifier="IN", time_zone="America/New_York", test=True, group_sender_id="LEDGER",
    )  # fmt: skip
    text = ADVICE.encode_numbered([item("MUG-1", 12, "884411")], where, NUMBER).decode("ascii")
    assert text == (
        "ISA*00*          *00*          *ZZ*LEDGERSHOP     *01*NORTHRETAIL    *261120*1830*^*00501*000000042*0*T*>~\n"
        "GS*IB*LEDGER*NORTHRETAIL*20261120*1830*42*X*005010~\n"
        "ST*846*0001~\n"
        "BIA*00*MB*000000042*20261120*1830~\n"
        "N1*WH**92*DC1~\n"
        "LIN*1*VN*MUG-1*IN*884411~\n"
        "QTY*17*12*EA~\n"
        "CTT*1~\nSE*7*0001~\nGE*1*42~\nIEA*1*000000042~\n"
    )
    (row,) = read_by_ours(text.encode(), test_interchanges=True)
    assert (row["sku"], row["product_ids"], row["state"], row["qty"]) == (
        "MUG-1",
        "VN:MUG-1 IN:884411",
        "on_hand",
        "12",
    )
    assert row["as_of_at"] == "2026-11-20 18:30:00"


def test_an_item_without_the_partners_number_is_held_where_the_partner_wants_it() -> None:
    assert ADVICE.unaddressable(item("MUG-1", 1), target()) is None
    assert ADVICE.unaddressable(item("MUG-1", 1), target(partner_item_qualifier="IN")) == "mapping_missing"
    assert ADVICE.unaddressable(item("handle:mug|Size|M", 1), target()) == "mapping_missing"


@pytest.mark.parametrize(
    "wrong",
    [{"sender_id": ""}, {"receiver_id": "A*B"}, {"receiver_id": "SIXTEEN-LETTERS!"}, {"terminator": "*"}, {"version": "4010"},
     {"time_zone": "Mars/Olympus"}, {"sku_qualifier": "sku"}, {"element_separator": "a"}],
)  # fmt: skip
def test_a_partner_that_cannot_be_written_to_is_refused_in_the_settings(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        target(**wrong)


@pytest.fixture
def retail(world: World) -> World:
    file = world.home / company.CONFIG_FILE
    file.write_text(file.read_text("utf-8") + RETAILER, encoding="utf-8")
    return world


def numbers(world: World) -> list[tuple[int, str, str]]:
    """ISA13, GS06 and BIA03 of every file there is, in the order of their numbers."""
    found = []
    for folder in ("advice", "again"):
        for file in world.files(folder):
            cells = {line.split("*")[0]: line.rstrip("~").split("*") for line in file.read_text("ascii").splitlines()}
            found.append((int(cells["ISA"][13]), cells["GS"][6], cells["BIA"][3]))
    return sorted(found)


def push_to_the_retailer(world: World, units: int) -> None:
    world.publish([stock("retailer", n, units + n) for n in range(3)])
    limits = company.Limits(max_changed_rate=1, max_to_zero_rate=1, max_unit_delta_rate=1_000)
    world.push(settings=world.settings.model_copy(update={"limits": limits}), destinations=["advice", "again"])


def test_every_file_has_a_number_of_its_own_that_the_journal_knows(retail: World) -> None:
    for units in (5, 9, 2):
        push_to_the_retailer(retail, units)
    assert numbers(retail) == [(n, str(n), f"{n:09d}") for n in range(1, 7)]
    with open_store(retail.paths.ops) as store:
        journalled = store.query("select number, destination, run_id, part from document_number order by number")
        attempts = store.query("select destination, run_id, part from push_attempt order by attempt_id")
    assert [number for number, *_ in journalled] == [1, 2, 3, 4, 5, 6]
    assert sorted(rest for _, *rest in journalled) == sorted(map(list, attempts))


def test_a_number_given_before_the_file_was_written_is_not_given_to_another(
    retail: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("reverse_etl.outbox._write_whole", full)
        push_to_the_retailer(retail, 5)
    assert numbers(retail) == []
    push_to_the_retailer(retail, 5)
    given = [number for number, *_ in numbers(retail)]
    assert len(set(given)) == 2
    assert min(given) > 2


def test_the_record_of_numbers_refuses_change(retail: World) -> None:
    push_to_the_retailer(retail, 5)
    with (
        open_store(retail.paths.ops) as store,
        pytest.raises(Exception, match="append-only"),
        store.transaction() as connection,
    ):
        connection.execute("update document_number set number = 9")
