"""The same promises of every kind of place: taken whole, known again, refused by kind, put aside without loss."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingestion.arrival import Landing
from ingestion.stage import ChangedWhileReadError, NotStagedError, Sighting, stage, sweep

KINDS = ("folder", "sftp", "s3")
ORDERS = b"order_id,sku\nINVENTED-1,TEAPOT\n"


def taken(office: Any) -> dict[str, bytes]:
    """Stage all there is and return the copies by source file."""
    with office.landing() as landing:
        copies = {}
        for found in landing.look():
            if isinstance(found, Sighting):
                staged = stage(found, office.paths.staging)
                copies[found.source_file] = staged.path.read_bytes()
                assert staged.sha256 == hashlib.sha256(copies[found.source_file]).hexdigest() == staged.path.name
    return copies


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_file_is_taken_whole(make_office: Callable[..., Any], kind: str) -> None:
    office = make_office(kind)
    files = {"orders.csv": ORDERS, "empty.csv": b"", "large.csv": os.urandom(9 * 1024 * 1024 + 1)}
    for name, content in files.items():
        office.put(name, content)
    assert taken(office) == files


def test_an_unchanged_file_is_known_again_and_a_new_version_is_not(make_office: Callable[..., Any], kind: str) -> None:
    office = make_office(kind)
    office.put("orders.csv", ORDERS)
    first = office.look()[0]["orders.csv"]
    assert office.look()[0]["orders.csv"].identity == first.identity
    office.put("orders.csv", ORDERS.replace(b"1", b"2") if kind == "s3" else ORDERS + b"INVENTED-2,CUP\n")
    assert office.look()[0]["orders.csv"].identity != first.identity


def test_an_empty_place_is_no_error(make_office: Callable[..., Any], kind: str) -> None:
    assert make_office(kind).look() == ({}, {})


def test_names_never_become_paths_and_unfinished_files_are_passed_over(
    make_office: Callable[..., Any], kind: str
) -> None:
    office = make_office(kind)
    odd = [
        "a b.csv",
        "'; drop table x; --.csv",
        "orders[1].csv",
        "a*.csv",
        "a?versionId=3.csv",
        "%2e%2e.csv",
        "é☕.csv",
        "a#b.csv",
    ]
    for name in [*odd, "orders.csv.part", ".hidden.csv", "orders.csv.done", "orders.csv.sha256"]:
        office.put(name, name.encode())
    office.put("inner/orders.csv", ORDERS)
    good, others = office.look()
    assert sorted(good) == sorted(odd)
    assert others.keys() == {"inner"}
    assert others["inner"][0] == "refused"
    assert taken(office) == {name: name.encode() for name in odd}


@pytest.mark.parametrize("kind", ["folder", "sftp"])
def test_links_pipes_and_folders_are_refused_unopened(
    make_office: Callable[..., Any], kind: str, tmp_path: Any
) -> None:
    office = make_office(kind)
    folder = tmp_path / "sender"
    office.put("orders.csv", ORDERS)
    (folder / "link.csv").symlink_to(folder / "orders.csv")
    os.mkfifo(folder / "pipe.csv")
    (folder / "folder.csv").mkdir()
    good, others = office.look()
    assert list(good) == ["orders.csv"]
    assert {name: status for name, (status, _) in others.items()} == dict.fromkeys(
        ("link.csv", "pipe.csv", "folder.csv"), "refused"
    )


@pytest.mark.parametrize("kind", ["sftp", "s3"])
def test_a_name_that_could_be_read_as_a_path_is_refused(make_office: Callable[..., Any], kind: str) -> None:
    office = make_office(kind)
    office.put("a\\b.csv", ORDERS)
    if kind == "s3":
        office.put("..", ORDERS)
    good, others = office.look()
    assert good == {}
    assert {name: status for name, (status, _) in others.items()} == {"a\\b.csv": "refused"}


def test_a_file_above_the_limit_is_refused(make_office: Callable[..., Any], kind: str) -> None:
    office = make_office(kind)
    office.put("large.csv", b"x" * (1024 * 1024 + 1))
    limits = office.settings.limits.model_copy(update={"max_file_mb": 1})
    office.settings = office.settings.model_copy(update={"limits": limits})
    assert office.look()[1]["large.csv"][0] == "refused"


def test_a_file_replaced_after_the_look_is_not_taken_for_the_one_seen(
    make_office: Callable[..., Any], kind: str
) -> None:
    office = make_office(kind)
    office.put("orders.csv", ORDERS)
    with office.landing() as landing:
        (seen,) = landing.look()
        office.put("orders.csv", ORDERS + b"INVENTED-2,CUP\n")
        with pytest.raises(ChangedWhileReadError):
            stage(seen, office.paths.staging)
    assert not list(office.paths.staging.glob("incoming*"))


def test_a_file_gone_after_the_look_waits(
    make_office: Callable[..., Any], kind: str, tmp_path: Any, request: Any
) -> None:
    office = make_office(kind)
    office.put("orders.csv", ORDERS)
    with office.landing() as landing:
        (seen,) = landing.look()
        if kind == "s3":
            request.getfixturevalue("bucket").Object("in/orders.csv").delete()
        else:
            (tmp_path / "sender" / "orders.csv").unlink()
        with pytest.raises(NotStagedError) as refused:
            stage(seen, office.paths.staging)
    assert refused.value.status == "waiting"


def _archive_all(landing: Landing, office: Any) -> list[str]:
    found = [one for one in landing.look() if isinstance(one, Sighting)]
    return [landing.archive(one, stage(one, office.paths.staging).sha256) for one in found]


def test_a_settled_file_is_put_aside_and_never_over_another(make_office: Callable[..., Any], kind: str) -> None:
    office = make_office(kind, 'archive = "loaded"')
    for round_, content in enumerate((ORDERS, ORDERS + b"INVENTED-2,CUP\n", ORDERS + b"INVENTED-3,CUP\n")):
        office.put("orders.csv", content)
        with office.landing() as landing:
            (where,) = _archive_all(landing, office)
        assert "loaded/orders" in where
        assert len(office.names()) == round_ + 1
        assert office.look() == ({}, {})
    second = hashlib.sha256(ORDERS + b"INVENTED-2,CUP\n").hexdigest()[:16]
    assert f"loaded/orders.{second}.csv" in office.names()


def test_the_same_content_again_is_put_aside_too(make_office: Callable[..., Any], kind: str) -> None:
    office = make_office(kind, 'archive = "loaded"')
    for _ in range(4):
        office.put("orders.csv", ORDERS)
        with office.landing() as landing:
            assert len(_archive_all(landing, office)) == 1
    assert all(name.startswith("loaded/") for name in office.names())


@pytest.mark.parametrize("dies", ["before the name", "before the move", "after the copy"])
def test_an_interrupted_move_is_finished_under_the_same_name(
    make_office: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, dies: str
) -> None:
    office = make_office("folder", 'archive = "loaded"')
    office.put("orders.csv", ORDERS)
    replace, unlink = Path.replace, Path.unlink

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    def to_elsewhere(self: Path, target: Path) -> Path:
        if self.name == "orders.csv":
            raise OSError(errno.EXDEV, "another filesystem")
        return replace(self, target)

    def last(self: Path, *, missing_ok: bool = False) -> None:
        if self.parent.name != "loaded":
            die()
        unlink(self, missing_ok=missing_ok)

    with office.landing() as landing, monkeypatch.context() as patch:
        if dies == "before the name":
            patch.setattr(os, "link", die)
        else:
            patch.setattr(Path, "replace", die if dies == "before the move" else to_elsewhere)
            patch.setattr(Path, "unlink", last)
        with pytest.raises(KeyboardInterrupt):
            _archive_all(landing, office)
    assert "orders.csv" in office.names()
    with office.landing() as landing:
        (where,) = _archive_all(landing, office)
    assert office.names() == ["loaded/orders.csv"]
    assert Path(where).read_bytes() == ORDERS


def test_a_new_delivery_under_the_name_stays_where_it_is(make_office: Callable[..., Any], kind: str) -> None:
    office = make_office(kind, 'archive = "loaded"')
    office.put("orders.csv", ORDERS)
    with office.landing() as landing:
        (seen,) = landing.look()
        staged = stage(seen, office.paths.staging)
        office.put("orders.csv", ORDERS + b"INVENTED-2,CUP\n")
        with pytest.raises(ChangedWhileReadError):
            landing.archive(seen, staged.sha256)
    assert office.names() == ["orders.csv"]


def test_without_an_archive_files_stay(make_office: Callable[..., Any], kind: str) -> None:
    office = make_office(kind)
    office.put("orders.csv", ORDERS)
    with office.landing() as landing:
        assert _archive_all(landing, office) == [""]
    assert office.names() == ["orders.csv"]


def test_nothing_stays_in_staging_but_the_memory(make_office: Callable[..., Any], kind: str) -> None:
    office = make_office(kind)
    office.put("orders.csv", ORDERS)
    taken(office)
    sweep(office.paths.staging)
    assert {path.name for path in office.paths.staging.iterdir()} <= {"sightings.json"}
