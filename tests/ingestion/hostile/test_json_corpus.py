"""The hostile inputs in every JSON feed, and hostile values at every declared path: exact, refused by name, or held."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchmarks.hostile.account import Read, read
from benchmarks.hostile.json_cells import HostileValue, copies_with, hostile_values
from benchmarks.hostile.json_files import EMPTY, HELD, SAME, Damage, Document, damages, documents
from benchmarks.hostile.rules import HashedError, RefusedError, meaning
from ingestion.contract import Column, Dialect, JsonShape
from ingestion.systems import SYSTEMS

SEED = 20261120
DOCUMENTS = list(documents())
DAMAGES = [
    pytest.param(document, damage, id=f"{document.name}-{damage.number}-{damage.title}".replace(" ", "_"))
    for document in DOCUMENTS
    for damage in damages(document)
]


def rows(found: Read) -> Counter[tuple[str, str]]:
    return Counter((entity, repr(row)) for entity, part in found.rows.items() for row in part.values())


def refusals(found: Read) -> Counter[tuple[str, str]]:
    return Counter((entity, code) for entity, part in found.refused.items() for code, _ in part.values())


def test_every_json_feed_has_a_good_file_with_rows(tmp_path: Path) -> None:
    shown = {
        (document.system.name, entity)
        for document in DOCUMENTS
        for entity, part in read(tmp_path / "in", document.text().encode(), document.system).rows.items()
        if part
    }
    declared = {(s.name, feed.entity) for s in SYSTEMS for feed in s.feeds if isinstance(feed.form, JsonShape)}
    assert shown == declared


@pytest.mark.parametrize(("document", "damage"), random.Random(SEED).sample(DAMAGES, 100))
def test_some_damaged_files(document: Document, damage: Damage, tmp_path: Path) -> None:
    check_damage(document, damage, tmp_path / "in")


@pytest.mark.slow
@pytest.mark.parametrize(("document", "damage"), DAMAGES)
def test_every_damaged_file(document: Document, damage: Damage, tmp_path: Path) -> None:
    check_damage(document, damage, tmp_path / "in")


def check_damage(document: Document, damage: Damage, path: Path) -> None:
    found = read(path, damage.content, document.system)
    good = read(path, document.text().encode(), document.system)
    if damage.outcome == HELD or (found.held and (len(document.records) == 1 or damage.outcome == EMPTY)):
        allowed = {*damage.reasons, *(("unknown_record",) if len(document.records) == 1 else ())}
        assert found.held in allowed, found.detail
        return
    assert not found.held, found.detail
    if damage.outcome == EMPTY:
        assert found.loaded == found.refusals == 0
    elif damage.outcome == SAME:
        assert (rows(found), refusals(found)) == (rows(good), refusals(good))
    else:
        others = [record for number, record in enumerate(document.records) if number != damage.record]
        rest = read(path, document.with_records(others).text().encode(), document.system) if others else Read()
        refused = refusals(found) - refusals(rest)
        assert rows(found) == rows(rest)
        assert refused
        assert {code for _, code in refused} <= set(damage.reasons)


def check_values(document: Document, values: list[HostileValue], folder: Path) -> None:
    """Append a copy of a record per value and hold each copy's rows against the untouched record's."""
    for record in range(len(document.records)):
        mine = [value for value in values if value.record == record]
        if not mine:
            continue
        alone = read(folder / "in", document.with_records([document.records[record]]).text().encode(), document.system)
        copies = copies_with(document, mine)
        found = read(folder / "in", copies.text().encode(), document.system)
        assert not found.held, found.detail
        for entity, block in alone.rows.items():
            size = len(block) + len(alone.refused[entity])
            for number, value in enumerate(mine):
                for within in range(1, size + 1):
                    check_row(document, value, alone, found, entity, within, (number + 1) * size + within)
            assert len(found.rows[entity]) + len(found.refused[entity]) == size * (len(mine) + 1)


def check_row(  # noqa: PLR0917
    document: Document, value: HostileValue, alone: Read, found: Read, entity: str, within: int, number: int
) -> None:
    before, after = alone.rows[entity].get(within), found.rows[entity].get(number)
    where = (document.name, entity, value.path, value.literal)
    columns = [column for column in document.system.feed(entity).stored_columns if value.path in column.headers]
    if after is None:
        code, name = found.refused[entity][number]
        assert before is None or name in {column.name for column in columns}, (*where, code, name)
        assert before is None or is_refused(next(c for c in columns if c.name == name), value), (*where, code)
        return
    assert before is not None, where
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {column.name for column in columns}, (*where, changed)
    for column in columns:
        if column.name in changed and not column.pseudonym:
            assert after[column.name] == meaning(column, value.text, Dialect()), (*where, after[column.name])


def is_refused(column: Column, value: HostileValue) -> bool:
    try:
        meaning(column, value.text, Dialect())
    except RefusedError:
        return True
    except HashedError:
        return False
    return False


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_some_hostile_values(document: Document, tmp_path: Path) -> None:
    values = hostile_values(document)
    assert values
    check_values(document, random.Random(f"{SEED} {document.name}").sample(values, min(25, len(values))), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_hostile_value_at_every_path(document: Document, tmp_path: Path) -> None:
    check_values(document, hostile_values(document), tmp_path)


def test_a_required_member_renamed_in_every_record_holds_the_file(tmp_path: Path) -> None:
    checked = 0
    for document in DOCUMENTS:
        for feed in document.system.feeds:
            shape = feed.form
            for column in feed.required_headers if isinstance(shape, JsonShape) else ():
                name = column.headers[0]
                if len(column.headers) > 1 or "." in name or not all(name in record for record in document.records):
                    continue
                renamed = [
                    {(f"former {key}" if key == name else key): part for key, part in record.items()}
                    for record in document.records
                ]
                found = read(tmp_path / "in", document.with_records(renamed).text().encode(), document.system)
                assert found.held in {"missing_column", "unknown_record"}, (document.name, name, found.held)
                checked += 1
    assert checked > 20


def test_numbers_keep_their_digits(tmp_path: Path) -> None:
    document = next(document for document in DOCUMENTS if document.name == "woocommerce-orders")
    text = json.dumps(document.records[0])
    identity: Any = document.records[0]["id"]
    long = f"{identity}".ljust(30, "7")
    found = read(
        tmp_path / "in", f"[{text}]".replace(f'"id": {identity}', f'"id": {long}', 1).encode(), document.system
    )
    assert {row["order_id"] for row in found.rows["orders"].values()} == {long}
