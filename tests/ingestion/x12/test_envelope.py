"""What damage around and inside a transaction does: refused by transaction, reported by interchange, counted always."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from ingestion.pages import HeldError, ReadLimits

from .conftest import Read, Segment, header, interchange, segments_of, transaction, written

Reader = Callable[..., Read]
STOCK = "BIA*00*SI*R1*20261120*0600\nLIN**SK*MUG-1\nQTY*33*12*EA\nCTT*1"
OTHER = STOCK.replace("MUG-1", "MUG-2").replace("*12*", "*7*")


def two() -> list[Segment]:
    return interchange(transaction("846", STOCK, "0001"), transaction("846", OTHER, "0002"))


def replaced(segments: list[Segment], old: Segment, *new: Segment) -> list[Segment]:
    at = segments.index(old)
    return [*segments[:at], *new, *segments[at + 1 :]]


def skus(read: Read) -> list[str]:
    return read.column("inventory_advices", "sku")


def test_sound(read: Reader) -> None:
    found = read(two())
    assert skus(found) == ["MUG-1", "MUG-2"]
    assert found.column("inventory_advices", "transaction_control") == ["0001", "0002"]
    assert list(found.headers) == ["inventory_advices", "interchanges"]
    assert not any(found.rejects.values())


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (("SE", "6", "0001"), [("SE", "6", "0009")], "control_number_mismatch"),
        (("SE", "6", "0001"), [("SE", "7", "0001")], "segment_count_mismatch"),
        (("SE", "6", "0001"), [("SE", "", "0001")], "segment_count_mismatch"),
        (("SE", "6", "0001"), [("SE", "6", "0001", "X")], "control_number_mismatch"),
        (("SE", "6", "0001"), [], "unclosed_transaction"),
        (("QTY", "33", "12", "EA"), [], "segment_count_mismatch"),
        (("LIN", "", "SK", "MUG-1"), [("LIX", "", "SK", "MUG-1")], "unknown_segment"),
        (("QTY", "33", "12", "EA"), [("CTT", "1")], "repeated_segment"),
        (("LIN", "", "SK", "MUG-1"), [("CTT", "1")], "misplaced_segment"),
        (("CTT", "1"), [("CTT", "2")], "control_total_mismatch"),
        (("CTT", "1"), [("CTT", "one")], "bad_element"),
        (("CTT", "1"), [("BIA", "00", "SI", "R1", "20261120")], "misplaced_segment"),
        (("QTY", "33", "12", "EA"), [("QTY", "33X12", "EA")], "bad_element"),
        (("BIA", "00", "SI", "R1", "20261120", "0600"), [("REF", "ZZ", "R1")], "missing_segment"),
        (("QTY", "33", "12", "EA"), [("QTY", "33", "1\x002", "EA")], "control_character"),
        (("QTY", "33", "12", "EA"), [("QTY", "33", "1\n2", "EA")], "control_character"),
    ],
)
def test_a_damaged_transaction_is_refused_alone(read: Reader, old: Segment, new: list[Segment], reason: str) -> None:
    found = read(replaced(two(), old, *new))
    assert found.reasons("inventory_advices") == [reason]
    assert skus(found) == ["MUG-2"]
    reject = found.rejects["inventory_advices"][0]
    assert reject["line_no"] == 3
    assert reject["raw_text"].startswith("ST*846*0001~\n")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (("IEA", "1", "000000042"), [("IEA", "1", "000000043")], "control_number_mismatch"),
        (("IEA", "1", "000000042"), [("IEA", "2", "000000042")], "count_mismatch"),
        (("IEA", "1", "000000042"), [], "missing_trailer"),
        (("IEA", "1", "000000042"), [("IEB", "1", "000000042")], "stray_segment"),
        (("GE", "2", "7"), [("GE", "2", "8")], "control_number_mismatch"),
        (("GE", "2", "7"), [("GE", "1", "7")], "count_mismatch"),
        (("GE", "2", "7"), [], "missing_trailer"),
        (("GE", "2", "7"), [("GE", "2", "7"), ("GE", "2", "7")], "stray_segment"),
        (("GE", "2", "7"), [("SE", "2", "7"), ("GE", "2", "7")], "stray_segment"),
    ],
)
def test_a_damaged_envelope_is_reported_and_takes_no_sound_transaction_with_it(
    read: Reader, old: Segment, new: list[Segment], reason: str
) -> None:
    found = read(replaced(two(), old, *new))
    assert skus(found) == ["MUG-1", "MUG-2"]
    assert found.reasons("interchanges") == [reason]
    assert not found.rows["interchanges"]


def test_a_group_header_that_says_nothing_takes_its_transactions_with_it(read: Reader) -> None:
    gs = ("GS", "XX", "QUILL", "LEDGER", "20261120", "0600", "7", "X", "004010")
    for damaged in (gs[:-1], (*gs[:6], "7A", *gs[7:]), (*gs[:8], "004010~"), ("GS", "X", *gs[2:])):
        found = read(written(replaced(two(), gs, damaged)).replace("004010~~", "0040-10~"))
        assert found.reasons("inventory_advices") == ["bad_group_header"] * 2
        assert found.reasons("interchanges")[0] == "bad_group_header"


def test_a_lost_terminator_fuses_two_segments_and_is_counted(read: Reader) -> None:
    for lost in ("MUG-1~\n", "*EA~\n", "0600~\n", "CTT*1~\n"):
        found = read(written(two()).replace(lost, lost[:-2], 1))
        assert found.reasons("inventory_advices") in (["segment_count_mismatch"], ["unclosed_transaction"])
        assert skus(found) == ["MUG-2"]


def test_transactions_in_no_group_or_interchange_are_refused(read: Reader) -> None:
    sound = two()
    no_group = [segment for segment in sound if segment[0] not in {"GS", "GE"}]
    found = read([*sound, *no_group])
    assert found.reasons("inventory_advices") == ["missing_header"] * 2
    assert found.reasons("interchanges") == ["count_mismatch"]
    after = read([*sound, *sound[1:]])
    assert skus(after) == ["MUG-1", "MUG-2"]
    assert after.reasons("inventory_advices") == ["missing_header"] * 2
    assert after.reasons("interchanges") == ["stray_segment"]


def test_a_second_header_of_a_wrong_form_is_reported_and_what_follows_belongs_to_nobody(read: Reader) -> None:
    text = written(two())
    found = read(text + "\n" + text.replace("ISA*00*", "ISA*0*", 1) + "\n" + text)
    assert skus(found) == ["MUG-1", "MUG-2"] * 2
    assert found.reasons("inventory_advices") == ["missing_header"] * 2
    assert found.reasons("interchanges") == ["bad_isa"]
    assert len(found.rows["interchanges"]) == 2


def test_a_control_number_used_twice_is_refused_the_second_time(read: Reader) -> None:
    found = read(interchange(transaction("846", STOCK, "0001"), transaction("846", OTHER, "0001")))
    assert skus(found) == ["MUG-1"]
    assert found.reasons("inventory_advices") == ["duplicate_control_number"]


def test_sets_nobody_reads_and_test_interchanges_are_refused_loudly(read: Reader) -> None:
    found = read(interchange(transaction("810", "BIG*20261120*INV-1"), transaction("846", STOCK, "0002")))
    assert found.reasons("interchanges") == ["unknown_transaction_set"]
    assert len(found.rows["interchanges"]) == 1
    assert skus(found) == ["MUG-1"]
    for usage in ("T", "I", "X"):
        trial = interchange(transaction("846", STOCK), usage=usage)
        assert read(trial).reasons("inventory_advices") == ["test_interchange"]
        assert skus(read(trial, test_interchanges=True)) == ["MUG-1"]


def test_a_transaction_without_lines_is_refused(read: Reader) -> None:
    found = read(interchange(transaction("846", "BIA*00*SI*R1*20261120")))
    assert found.reasons("inventory_advices") == ["no_lines"]


def test_answers_to_interchanges_are_rows_of_their_own(read: Reader) -> None:
    found = read([header(), ("TA1", "000000007", "261119", "0830", "R", "001"), ("IEA", "0", "000000042")])
    row = found.rows["acknowledgements"][0]
    assert (row["level"], row["acknowledged_interchange_control"], row["answer_code"]) == (
        "interchange",
        "000000007",
        "R",
    )
    assert row["interchange_at"] == "2026-11-19 08:30:00"
    assert found.column("interchanges", "group_count") == ["0"]


def test_undecodable_bytes_refuse_their_transaction_with_its_bytes(read: Reader) -> None:
    noted = STOCK.replace("LIN", "REF*ZZ*caf\u00e9 one\nREF*ZZ*caf\u00e9 two\nLIN", 1)
    text = written(interchange(transaction("846", noted, "0001"), transaction("846", OTHER, "0002")))
    content = text.encode().replace("caf\u00e9 one".encode(), b"caf\xe9 one")
    found = read(content)
    assert found.encoding == "utf-8"
    assert found.reasons("inventory_advices") == ["undecodable"]
    assert skus(found) == ["MUG-2"]
    reject = found.rejects["inventory_advices"][0]
    assert reject["is_base64"]
    assert b"caf\xe9 one" in base64.b64decode(reject["raw_text"])


def test_a_windows_file_is_read_as_such(read: Reader) -> None:
    noted = STOCK.replace("MUG-1", "CAF\u00c9-1")
    content = written(interchange(transaction("846", noted))).encode("cp1252")
    found = read(content)
    assert (found.encoding, skus(found)) == ("cp1252", ["CAF\u00c9-1"])


@pytest.mark.parametrize("content", [b"", b"\xff\xfeI\x00S\x00", b"sku,qty\n", b"ISA*00*", b"\x00" * 200])
def test_what_is_no_interchange_is_held(read: Reader, content: bytes) -> None:
    with pytest.raises(HeldError) as held:
        read(content)
    assert held.value.reason in {"empty", "encoding", "bad_isa"}


def test_limits_refuse_a_transaction_and_not_the_file(read: Reader) -> None:
    limits = ReadLimits(max_columns=20, max_field_chars=60)
    wide = STOCK.replace("CTT", "REF" + "*A" * 30 + "\nCTT")
    long = STOCK.replace("CTT", "REF*ZZ*" + "x" * 61 + "\nCTT")
    endless = STOCK.replace("CTT", "MSG*" + "x" * 5000 + "\nCTT")
    texts = (wide, long, endless, STOCK)
    sets = [transaction("846", text, f"000{number}") for number, text in enumerate(texts, start=1)]
    found = read(interchange(*sets), limits)
    assert found.reasons("inventory_advices") == ["too_many_elements", "field_too_long", "segment_too_long"]
    assert skus(found) == ["MUG-1"]


def test_a_transaction_larger_than_memory_should_hold_is_refused(read: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.x12.envelope.LONGEST_TRANSACTION", 5000)
    big = "BIA*00*SI*R1*20261120\n" + "LIN**SK*MUG-1\nQTY*33*12*EA\n" * 900
    found = read(interchange(transaction("846", big), transaction("846", OTHER, "0002")))
    assert found.reasons("inventory_advices") == ["transaction_too_large"]
    assert skus(found) == ["MUG-2"]


def test_many_pages_number_their_records_once(read: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.x12.assemble.ROWS_PER_PAGE", 3)
    lines = "".join(f"LIN**SK*MUG-{n}\nQTY*{33 if n % 4 else 99}*{n}*EA\n" for n in range(20))
    found = read(interchange(transaction("846", "BIA*00*SI*R1*20261120\n" + lines)))
    assert len(found.rows["inventory_advices"]) == 15
    assert found.reasons("inventory_advices") == ["unmapped_code"] * 5
    assert [r["transaction_line"] for r in found.rows["inventory_advices"]][:4] == ["2", "3", "4", "6"]


PERSONAL = """W06*N*SO-1*20261119*SHP-1
N1*ST*Nobody Atall*92*C1
N2*care of Nemo
N3*1 Nowhere Street*Rear
N4*Nulltown*ZZ*00000*US
PER*IC*Nemo*TE*5550100*EM*nemo@nowhere.invalid
NTE*DEL*leave with Nemo
W12*CC*1*1*0*EA**SK*MUG-1"""


@pytest.mark.parametrize(
    "damage", [("", ""), ("N1*ST", "NX*ST"), ("*SHP-1~\n", "*SHP-1"), ("*C1~\n", "*C1"), ("ST*945", "ST*9Z5")]
)
def test_no_refused_text_shows_a_person(read: Reader, damage: tuple[str, str]) -> None:
    text = written(interchange(transaction("945", PERSONAL))).replace("SE*10", "SE*99")
    found = read(text.replace(*damage) if damage[0] else text)
    rejects: list[dict[str, Any]] = [reject for rejects in found.rejects.values() for reject in rejects]
    assert rejects
    shown = str(rejects)
    assert not any(
        word in shown for word in ("Nobody", "Nemo", "Nowhere", "Null", "00000*", "5550100", "nemo", "leave")
    )
    assert "MUG-1" in shown


def test_a_fused_person_is_masked_too(read: Reader) -> None:
    fused = segments_of(PERSONAL.replace("SHP-1\nN1", "SHP-1N1"))
    found = read(interchange([("ST", "945", "0001"), *fused, ("SE", "10", "0001")]))
    assert found.reasons("warehouse_shipments") == ["segment_count_mismatch"]
    assert "Nobody" not in str(found.rejects)
