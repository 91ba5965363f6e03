"""No half-copied file is ever taken: files at rest, files with markers, and what markers say wrongly."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.arrival.manifest import Declared, ManifestError, read_manifest
from ingestion.stage import NotAsDeclaredError, Sighting, stage

KINDS = ("folder", "sftp", "s3")
ORDERS = b"order_id,sku\nINVENTED-1,TEAPOT\n"
SUM = hashlib.sha256(ORDERS).hexdigest()


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_an_upload_is_watched_before_it_is_taken(make_office: Callable[..., Any]) -> None:
    office = make_office("sftp")
    office.put("orders.csv", ORDERS)
    assert list(office.look()[0]) == ["orders.csv"]
    assert office.clock.pauses == [10]
    office.put("more.csv", ORDERS)
    assert sorted(office.look()[0]) == ["more.csv", "orders.csv"]
    assert office.clock.pauses == [10, 10]
    office.look()
    assert office.clock.pauses == [10, 10]


def test_a_growing_upload_is_never_taken(make_office: Callable[..., Any]) -> None:
    office = make_office("sftp")
    office.put("orders.csv", ORDERS[:5])
    grow = iter(range(6, len(ORDERS)))
    rest, office.clock.pause = (
        office.clock.pause,
        lambda seconds: (rest(seconds), office.put("orders.csv", ORDERS[: next(grow)])),
    )
    for _ in range(3):
        good, others = office.look()
        assert good == {}
        assert others["orders.csv"] == ("waiting", "changed less than 10 s ago")
    office.clock.pause = rest
    assert office.look()[0]["orders.csv"].size_bytes > 5


def test_a_long_rest_is_left_to_the_next_run(make_office: Callable[..., Any]) -> None:
    office = make_office("sftp", "stable_seconds = 600")
    office.put("orders.csv", ORDERS)
    assert office.look()[1]["orders.csv"][0] == "waiting"
    assert office.clock.pauses == []
    office.clock.at += timedelta(seconds=599)
    office.clock.at -= timedelta(hours=2)
    assert office.look()[1]["orders.csv"][0] == "waiting"
    office.clock.at += timedelta(seconds=600)
    assert list(office.look()[0]) == ["orders.csv"]


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"wms": 3}', '{"wms": {"orders.csv": [1]}}'])
def test_a_damaged_memory_makes_files_wait_once_more(make_office: Callable[..., Any], damage: str) -> None:
    office = make_office("sftp", "stable_seconds = 600")
    office.put("orders.csv", ORDERS)
    office.look()
    (office.paths.staging / "sightings.json").write_text(damage)
    office.clock.at += timedelta(seconds=601)
    assert office.look()[1]["orders.csv"][0] == "waiting"


def test_a_file_in_a_folder_rests_by_its_age(make_office: Callable[..., Any], tmp_path: Any) -> None:
    office = make_office("folder", "stable_seconds = 60")
    office.put("old.csv", ORDERS)
    office.put("young.csv", ORDERS)
    os.utime(tmp_path / "sender" / "young.csv")
    good, others = office.look()
    assert (list(good), list(others)) == (["old.csv"], ["young.csv"])


@pytest.mark.parametrize(
    "markers",
    [
        {"orders.csv.done": b""},
        {"orders.csv.done": b"written 2026-11-20"},
        {"orders.csv.done": SUM.encode()},
        {"orders.csv.sha256": f"{SUM.upper()}  orders.csv\n".encode()},
        {"manifest.json": json.dumps({"files": [{"name": "orders.csv"}]}).encode()},
        {
            "manifest.json": json.dumps(
                {"files": [{"name": "orders.csv", "sha256": SUM, "size_bytes": len(ORDERS)}]}
            ).encode()
        },
    ],
)
def test_a_marker_makes_a_file_ready(make_office: Callable[..., Any], kind: str, markers: dict[str, bytes]) -> None:
    office = make_office(kind, 'wait_for = "manifest"')
    office.put("orders.csv", ORDERS)
    office.put("unmarked.csv", ORDERS)
    good, others = office.look()
    assert (good, sorted(others)) == ({}, ["orders.csv", "unmarked.csv"])
    for name, content in markers.items():
        office.put(name, content)
    good, others = office.look()
    assert (list(good), list(others)) == (["orders.csv"], ["unmarked.csv"])
    assert stage(good["orders.csv"], office.paths.staging).sha256 == SUM
    assert office.clock.pauses == []


def test_a_half_copied_file_does_not_pass_for_the_declared_one(make_office: Callable[..., Any], kind: str) -> None:
    office = make_office(kind, 'wait_for = "manifest"')
    office.put("orders.csv.sha256", SUM.encode())
    office.put("orders.csv", ORDERS[:-3])
    with office.landing() as landing:
        (found,) = landing.look()
        assert isinstance(found, Sighting)
        with pytest.raises(NotAsDeclaredError, match="its manifest says") as refused:
            stage(found, office.paths.staging)
    assert refused.value.status == "refused"
    assert not list(office.paths.staging.glob("incoming*"))
    office.put("orders.csv", ORDERS)
    assert stage(office.look()[0]["orders.csv"], office.paths.staging).sha256 == SUM


@pytest.mark.parametrize(
    ("markers", "reason"),
    [
        ({"orders.csv.sha256": b"no hash"}, "does not begin with a SHA-256"),
        ({"orders.csv.sha256": SUM.encode(), "orders.csv.done": b"0" * 64}, "different hashes"),
        ({"manifest.json": b'{"files": [{"name": "orders.csv", "size_bytes": 7}]}'}, "says 7"),
    ],
)
def test_a_wrong_marker_is_refused_with_its_reason(
    make_office: Callable[..., Any], kind: str, markers: dict[str, bytes], reason: str
) -> None:
    office = make_office(kind, 'wait_for = "manifest"')
    office.put("orders.csv", ORDERS)
    for name, content in markers.items():
        office.put(name, content)
    good, others = office.look()
    assert good == {}
    assert others["orders.csv"][0] == "refused"
    assert reason in others["orders.csv"][1]


def test_an_unreadable_manifest_stops_the_place_and_names_what_is_missing(
    make_office: Callable[..., Any], kind: str
) -> None:
    office = make_office(kind, 'wait_for = "manifest"')
    office.put("orders.csv", ORDERS)
    office.put("manifest.json", b"{")
    assert office.look() == ({}, {"manifest.json": ("refused", "manifest.json is no JSON")})
    office.put("manifest.json", b'{"files": [{"name": "orders.csv"}, {"name": "../stock.csv"}]}')
    good, others = office.look()
    assert list(good) == ["orders.csv"]
    assert others == {"../stock.csv": ("waiting", "named in manifest.json, not there yet")}


def test_the_marker_of_an_earlier_delivery_says_nothing(make_office: Callable[..., Any], tmp_path: Any) -> None:
    office = make_office("sftp", 'wait_for = "manifest"')
    office.put("orders.csv", ORDERS)
    office.put("orders.csv.done", b"")
    os.utime(tmp_path / "sender" / "orders.csv", (1_790_000_005, 1_790_000_005))
    assert office.look()[1]["orders.csv"][0] == "waiting"


@given(st.binary(max_size=60))
def test_any_bytes_are_a_manifest_or_an_error(content: bytes) -> None:
    try:
        declared = read_manifest(content)
    except ManifestError:
        return
    assert set(declared) == {file["name"] for file in json.loads(content)["files"]}


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["", "a.csv", SUM, "f" * 63]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "sha256", "size_bytes", "x"]), inner)
    ),
    max_leaves=8,
)


@given(st.lists(_json, max_size=4))
def test_any_list_of_files_is_understood_or_refused(files: list[Any]) -> None:
    try:
        declared = read_manifest(json.dumps({"files": files}).encode())
    except ManifestError:
        return
    assert set(declared) == {file["name"] for file in files}
    for name, one in declared.items():
        assert isinstance(name, str)
        assert isinstance(one, Declared)
        assert one.sha256 in ("", SUM)
        assert one.size_bytes is None or one.size_bytes >= 0
