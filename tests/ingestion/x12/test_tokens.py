"""Any separators, exactly: what is written comes back, and a wrong header is refused."""

from __future__ import annotations

import io
import random
import string
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.pages import HeldError, ReadLimits
from ingestion.x12.tokens import Segment, Separators, read_segments, read_separators

from .conftest import Marks, header, interchange, transaction, written

MET = [
    Marks("*", ">", "~", "\n"),
    Marks("~", ">", "}", "\r\n      "),
    Marks("~", "`", "*", ""),
    Marks("*", ">", "\n", ""),
    Marks("*", ">", "\r", "\n"),
    Marks("*", ":", "…", "\n"),
    Marks("*", ">", "?", ""),
    Marks("|", "^", "'", "  \t"),
    Marks("\x1d", "\x1f", "\x1c", ""),
    Marks("+", ":", "§", "\n\n"),
]
LIMITS = ReadLimits()
TEXT = [*header(), ">"]


def tokens(text: str, size: int = 7, limits: ReadLimits = LIMITS) -> list[Segment]:
    return list(read_segments((text[at : at + size] for at in range(0, len(text), size)), limits))


def without_isa_end(segments: list[Segment]) -> list[tuple[str, ...]]:
    return [s.elements[:-1] if s.id == "ISA" else s.elements for s in segments]


SAMPLE = interchange(transaction("846", "BIA*00*SI*R1*20261120*0600\nLIN**SK*MUG-1*UP*\nQTY*33*12*EA"))


@pytest.mark.parametrize("marks", MET, ids=repr)
@pytest.mark.parametrize("start", ["", "\ufeff", "\r\n \ufeff"], ids=["plain", "bom", "blank"])
def test_every_separator_met_is_read_off_the_header(marks: Marks, start: str) -> None:
    found = tokens(start + written(SAMPLE, marks))
    assert without_isa_end(found) == SAMPLE
    assert [s.number for s in found] == list(range(1, len(SAMPLE) + 1))
    assert not any(s.problem for s in found)
    assert (found[0].separators.element, found[0].separators.terminator) == (marks.element, marks.terminator)


def test_each_interchange_of_a_file_has_its_own_separators() -> None:
    text = "".join(written(SAMPLE, marks) + "\n" for marks in MET)
    assert without_isa_end(tokens(text, size=64)) == SAMPLE * len(MET)


def test_the_last_terminator_may_be_missing_and_a_doubled_one_is_no_segment() -> None:
    text = written(SAMPLE)
    assert without_isa_end(tokens(text.rstrip("~"))) == SAMPLE
    assert without_isa_end(tokens(text.rstrip("~") + "  \n")) == SAMPLE
    assert without_isa_end(tokens(text.replace("~\nST", "~~\n~ST"))) == SAMPLE


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda h: h[:60], "characters"),
        (lambda h: h.replace("ZZ*QUILL", "ZZ QUILL"), "fixed widths"),
        (lambda h: h.replace("QUILLWAREHOUSE ", "QUILL*WAREHOUSE"), "inside an element"),
        (lambda h: h.replace("000000042", "00000042"), "characters|fixed widths"),
        (lambda h: h[:-1] + ">", "two separators"),
        (lambda h: h[:-1] + "A", "as a separator"),
        (lambda h: h[:-1] + " ", "as a separator"),
    ],
)
def test_a_header_of_another_form_is_held_with_the_reason(damage: object, why: str) -> None:
    text = damage(written([header()]))  # type: ignore[operator]
    with pytest.raises(HeldError, match=f"bad_isa.*({why})"):
        tokens(text)


@pytest.mark.parametrize("text", ["", "   \n", "\ufeff"])
def test_a_file_of_blanks_is_empty(text: str) -> None:
    with pytest.raises(HeldError, match="empty"):
        tokens(text)


def test_text_that_is_no_interchange_is_held() -> None:
    with pytest.raises(HeldError, match="bad_isa"):
        tokens("sku,on_hand\nMUG-1,4\n")


def test_limits_mark_segments_and_bound_memory() -> None:
    tight = ReadLimits(max_columns=20, max_field_chars=50)
    wide = ("REF", *["x"] * 21)
    long = ("REF", "ZZ", "x" * 51)
    endless = ("MSG", *["y" * 40] * 10_000)
    found = tokens(written([header(), wide, long, endless, ("IEA", "1", "000000042")]), size=1000, limits=tight)
    assert [s.problem for s in found] == ["", "too_many_elements", "field_too_long", "segment_too_long", ""]
    assert all(sum(map(len, s.elements)) < 500 for s in found)
    assert found[-1].elements == ("IEA", "1", "000000042")


def test_control_characters_and_bad_bytes_are_marked_and_own_separators_are_not() -> None:
    body = [
        ("REF", "A", "x\x00y"),
        ("REF", "B", "a\nb"),
        ("REF", "C", "\udce9"),
        ("REF", "D", "a\x1fb"),
        ("REF", "E", "é\t"),
    ]
    found = tokens(written([header(), *body], Marks("*", "\x1f", "~", "\n")))
    assert [s.problem for s in found] == ["", "control_character", "control_character", "undecodable", "", ""]


PUNCTUATION = [c for c in string.punctuation if c not in "-"] + ["…", "§", "\x1d", "\x1c", "\x1e", "¦"]


@st.composite
def files(draw: st.DrawFn) -> tuple[list[tuple[str, ...]], Marks]:
    three = draw(st.lists(st.sampled_from(PUNCTUATION), min_size=3, max_size=3, unique=True))
    if draw(st.booleans()):
        three[2] = draw(st.sampled_from(["\n", "\r"]))
    marks = Marks(*three, draw(st.sampled_from(["", "\n", "\r\n", "  \t\n"])))
    letters = st.characters(exclude_categories=("Cc", "Cs", "Cf"), exclude_characters="".join(three) + "\r\n\ufeff")
    ids = st.text(string.ascii_uppercase + string.digits, min_size=2, max_size=3).filter(lambda s: s != "ISA")
    element = st.text(letters, max_size=12)
    segment = st.tuples(ids, st.lists(element, max_size=6)).map(lambda pair: (pair[0], *pair[1]))
    # the end of a file without terminator loses layout, so the envelope's own trailer ends it
    return [header(), *draw(st.lists(segment, max_size=8)), ("IEA", "1", "000000042")], marks


@given(files(), st.integers(1, 40))
def test_what_is_written_with_any_separators_comes_back(file: tuple[list[tuple[str, ...]], Marks], size: int) -> None:
    segments, marks = file
    assert without_isa_end(tokens(written(segments, marks), size)) == segments


@given(st.text(max_size=300), st.booleans())
def test_any_text_is_cut_or_held(text: str, headed: bool) -> None:
    try:
        found = tokens((written([header()]) if headed else "") + text)
    except HeldError:
        assert not headed
    else:
        assert [s.number for s in found] == list(range(1, len(found) + 1))
        assert all(s.elements for s in found)


@given(st.text(max_size=120))
def test_any_text_as_a_header_is_separators_or_a_sentence(text: str) -> None:
    found = read_separators("ISA*" + text)
    assert isinstance(found, (Separators, str))


def _invented(seed: int) -> Iterator[tuple[str, ...]]:
    chance = random.Random(seed)
    yield header()
    for _ in range(200):
        width = chance.randint(1, 9)
        word = string.ascii_letters + string.digits + " .-/"
        yield (
            chance.choice(["LIN", "QTY", "N1", "REF", "W12", "HL"]),
            *("".join(chance.choices(word, k=chance.randint(1, 12))).strip() or "x" for _ in range(width)),
        )
    yield ("IEA", "1", "000000042")


@pytest.mark.parametrize("marks", [m for m in MET if m.between in {"", "\n"}], ids=repr)
def test_an_independent_tokenizer_cuts_the_same(marks: Marks) -> None:
    rawx12file = pytest.importorskip("pyx12.rawx12file")
    text = written(list(_invented(7)), marks)
    theirs = [tuple(line.split(marks.element)) for line in rawx12file.RawX12File(io.StringIO(text, newline=""))]
    assert [s.elements for s in tokens(text, size=997)] == theirs
