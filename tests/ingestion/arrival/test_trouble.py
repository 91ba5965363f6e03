"""Servers that are gone, silent, strange or closed to us: one line each, no hang, no secret, and the others go on."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from company import REPOSITORY
from ingestion.arrival import PlaceError
from ingestion.arrival.bucket import BucketPlace
from ingestion.stage import NotTaken, Sighting, stage

HOST = "127.0.0.1"
HIDDEN = "an-invented-and-very-secret-word"


def refusal(landing: Any) -> str:
    """Return the one line of the account `wms`; the other account's file must have been found all the same."""
    with landing:
        found = list(landing.look())
    assert [(one.account, one.source_file) for one in found if isinstance(one, Sighting)] == [("shop", "inventory.csv")]
    (line,) = [one for one in found if isinstance(one, NotTaken)]
    assert (line.account, line.source_file, line.status) == ("wms", "", "refused")
    assert HIDDEN not in line.reason
    return line.reason


def test_an_unknown_host_key_is_refused_with_its_fingerprint(
    make_landing: Callable[..., Any], sftp_place: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "nobody").write_text("")
    reason = refusal(make_landing(sftp_place(known_hosts=str(tmp_path / "nobody")))[0])
    assert "is not known (ssh-ed25519 SHA256:" in reason
    assert (tmp_path / "nobody").read_text() == ""


def test_a_changed_host_key_is_refused(
    make_landing: Callable[..., Any], sftp_place: Callable[..., str], ssh_server: Any, tmp_path: Path
) -> None:
    other = " ".join(ssh_server.key.with_suffix(".pub").read_text().split()[:2])
    (tmp_path / "other").write_text(f"[{HOST}]:{ssh_server.port} {other}\n")
    assert "differs from the one in" in refusal(make_landing(sftp_place(known_hosts=str(tmp_path / "other")))[0])


def test_a_missing_known_hosts_file_is_named(make_landing: Callable[..., Any], sftp_place: Callable[..., str]) -> None:
    assert "accounts.wms.landing.known_hosts" in refusal(make_landing(sftp_place(known_hosts="nowhere"))[0])


def test_a_wrong_password_is_refused_and_not_told(
    make_landing: Callable[..., Any], sftp_place: Callable[..., str], monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("WMS_WORD", HIDDEN)
    assert "did not let us in" in refusal(make_landing(sftp_place(key_file=None, password_env="WMS_WORD"))[0])
    out, err = capfd.readouterr()
    assert HIDDEN not in caplog.text + out + err


def test_a_secret_that_is_not_there_is_named_by_where_it_should_be(
    make_landing: Callable[..., Any], sftp_place: Callable[..., str]
) -> None:
    assert "WMS_WORD, named by accounts.wms.landing.password_env, is not set" in refusal(
        make_landing(sftp_place(key_file=None, password_env="WMS_WORD"))[0]
    )


def test_a_secret_file_is_read_and_kept_out_of_messages(
    make_landing: Callable[..., Any], s3_place: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    (tmp_path / "key").write_text(HIDDEN + "\n")
    text = s3_place().replace("access_key_env", "access_key_file").replace("SHOP_ACCESS", str(tmp_path / "key"))
    text = text.replace("/in", "-that-is-not-there/in")
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("SHOP_SECRET", HIDDEN + "-too")
    assert "no such bucket" in refusal(make_landing(text)[0])
    assert HIDDEN + "-too" not in caplog.text


def test_words_of_a_store_that_repeat_a_secret_are_cleaned(
    make_landing: Callable[..., Any], s3_place: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_SECRET", HIDDEN)
    landing = make_landing(s3_place())[0]

    def deny(*_: object, **__: object) -> None:
        raise PermissionError(f"signature of {HIDDEN} is wrong")

    monkeypatch.setattr("ingestion.arrival.bucket.sync", deny)
    assert "signature of *** is wrong" in refusal(landing)


@pytest.mark.parametrize("kind", ["sftp", "s3"])
@pytest.mark.parametrize("silent", [False, True])
def test_a_server_that_is_gone_or_silent_costs_one_line_and_little_time(
    make_landing: Callable[..., Any], request: pytest.FixtureRequest, kind: str, silent: bool
) -> None:
    with closing(socket.create_server((HOST, 0))) as server:
        port = server.getsockname()[1]
        if not silent:
            server.close()
        if kind == "sftp":
            text = request.getfixturevalue("sftp_place")(port)
        else:
            text = request.getfixturevalue("s3_place")(f"http://{HOST}:{port}")
        started = time.monotonic()
        reason = refusal(make_landing(text.replace("timeout_seconds = 5", "timeout_seconds = 1"))[0])
        assert time.monotonic() - started < 20
    assert reason.startswith(("sftp://", "s3://"))


@pytest.mark.parametrize("kind", ["sftp", "s3"])
def test_a_connection_cut_in_a_transfer_leaves_nothing_and_the_file_waits(
    make_landing: Callable[..., Any], request: pytest.FixtureRequest, cut_line: Callable[[int, int], int], tmp_path: Path,
    kind: str,
) -> None:  # fmt: skip
    content = os.urandom(12 * 1024 * 1024)
    if kind == "sftp":
        ssh = request.getfixturevalue("ssh_server")
        port = cut_line(ssh.port, 6 * 1024 * 1024)
        (tmp_path / "known").write_text(f"[{HOST}]:{port} {ssh.host_key}\n")
        text = request.getfixturevalue("sftp_place")(port, known_hosts=str(tmp_path / "known"))
        for name in ("a.csv", "b.csv"):
            (tmp_path / "sender" / name).write_bytes(content)
    else:
        endpoint = request.getfixturevalue("s3_endpoint")
        port = cut_line(int(endpoint.rpartition(":")[2]), 6 * 1024 * 1024)
        text = request.getfixturevalue("s3_place")(f"http://{HOST}:{port}")
        for name in ("a.csv", "b.csv"):
            request.getfixturevalue("bucket").put_object(Key=f"in/{name}", Body=content)
    landing, paths = make_landing(text)
    with landing:
        seen = [one for one in landing.look() if isinstance(one, Sighting) and one.account == "wms"]
        assert len(seen) == 2
        for one in seen:
            started = time.monotonic()
            with pytest.raises(PlaceError, match="tried again in the next run") as waiting:
                stage(one, paths.staging)
            assert waiting.value.status == "waiting"
        assert time.monotonic() - started < 1, "the second file must not wait for the dead connection again"
    assert not list(paths.staging.glob("incoming*"))


def test_a_move_cut_between_copy_and_deletion_is_finished(
    make_landing: Callable[..., Any], s3_place: Callable[..., str], bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put_object(Key="in/orders.csv", Body=b"order_id\n")
    landing, paths = make_landing(s3_place(extra='archive = "loaded"'))
    call = BucketPlace._call

    def cut(self: BucketPlace, what: str, method: str, **arguments: Any) -> Any:
        if method == "delete_object":
            raise PlaceError("cut")
        return call(self, what, method, **arguments)

    with landing:
        (seen,) = [one for one in landing.look() if isinstance(one, Sighting) and one.account == "wms"]
        staged = stage(seen, paths.staging)
        monkeypatch.setattr(BucketPlace, "_call", cut)
        with pytest.raises(PlaceError, match="cut"):
            landing.archive(seen, staged.sha256)
        monkeypatch.setattr(BucketPlace, "_call", call)
        assert sorted(one.key for one in bucket.objects.all()) == ["in/loaded/orders.csv", "in/orders.csv"]
        landing.archive(seen, staged.sha256)
    assert [one.key for one in bucket.objects.all()] == ["in/loaded/orders.csv"]


def test_files_left_in_the_usual_folder_are_told(
    make_landing: Callable[..., Any], s3_place: Callable[..., str]
) -> None:
    landing, paths = make_landing(s3_place())
    (paths.landing / "wms").mkdir()
    (paths.landing / "wms" / "orders.csv").write_text("order_id\n")
    assert "data/landing/wms is not read" in refusal(landing)


def test_a_folder_that_is_not_there_is_told(make_landing: Callable[..., Any]) -> None:
    assert refusal(make_landing('url = "/nowhere/at/all"')[0]).startswith("/nowhere/at/all: cannot be looked into")


def test_the_usual_folders_need_no_library_of_servers(make_landing: Callable[..., Any], tmp_path: Path) -> None:
    make_landing("stable_seconds = 0")
    program = (
        "import sys; from pathlib import Path; from company import Paths, load_settings; from ingestion.arrival import Landing\n"
        "s = load_settings(Path(sys.argv[1]))\n"
        "with Landing(s, Paths(s.home)) as landing: assert len(list(landing.look())) == 1\n"
        "heavy = {'paramiko', 's3fs', 'fsspec', 'botocore', 'aiohttp'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "home")], cwd=REPOSITORY, check=True, timeout=60)
