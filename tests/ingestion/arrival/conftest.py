"""Real servers on 127.0.0.1, one OpenSSH and one S3, and a small company whose files arrive on them.

Without `sshd` its tests are skipped, unless REQUIRE_SSHD is set, as the gate does.
"""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from company import Paths, Settings, load_settings
from ingestion.arrival import Landing
from ingestion.stage import NotTaken, Sighting

HOST = "127.0.0.1"
ACCESS, SECRET = "an-invented-access-key", "an-invented-secret-key"


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class SshServer:
    """A running sshd; `known_hosts` lists its key for its own port."""

    port: int
    user: str
    key: Path
    host_key: str
    known_hosts: Path


def _keygen(file: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file)], check=True, timeout=30)


def _await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert process.poll() is None, process.stderr and process.stderr.read()
        with closing(socket.socket()) as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("sshd does not listen")


@pytest.fixture(scope="session")
def ssh_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    program = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program is None:
        message = "no sshd: install the package openssh-server"
        (pytest.fail if os.environ.get("REQUIRE_SSHD") else pytest.skip)(message)
    folder, port, user = tmp_path_factory.mktemp("sshd"), free_port(), getpass.getuser()
    _keygen(folder / "host")
    _keygen(folder / "user")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # what a package's start script makes
    (folder / "sshd_config").write_text(
        f"Port {port}\nListenAddress {HOST}\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/user.pub\nPidFile none\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\nStrictModes no\nMaxStartups 100\n"
        "PermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\nLogLevel ERROR\n"
    )
    host_key = " ".join((folder / "host.pub").read_text().split()[:2])
    known_hosts = folder / "known_hosts"
    known_hosts.write_text(f"[{HOST}]:{port} {host_key}\n")
    with subprocess.Popen([program, "-D", "-e", "-f", str(folder / "sshd_config")], stderr=subprocess.PIPE) as process:
        try:
            _await_port(port, process)
            yield SshServer(port, user, folder / "user", host_key, known_hosts)
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address=HOST, port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_endpoint: str) -> Any:
    """A fresh bucket as a plain client's object."""
    import boto3

    store = boto3.resource(
        "s3", endpoint_url=s3_endpoint, region_name="us-east-1", aws_access_key_id=ACCESS, aws_secret_access_key=SECRET
    )
    name = f"bucket-{time.monotonic_ns()}"
    store.create_bucket(Bucket=name)
    return store.Bucket(name)


@dataclass
class Clock:
    """A clock that moves only when a pause is asked for, or by hand."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    pauses: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.at += timedelta(seconds=seconds)


@dataclass
class Office:
    """A company with the account `wms`, whose files arrive in one place; `put` and `names` are the sender's side."""

    settings: Settings
    paths: Paths
    put: Callable[[str, bytes], None]
    names: Callable[[], list[str]]
    kind: str
    clock: Clock = field(default_factory=Clock)

    def landing(self) -> Landing:
        return Landing(self.settings, self.paths, now=self.clock.now, pause=self.clock.pause)

    def look(self) -> tuple[dict[str, Sighting], dict[str, tuple[str, str]]]:
        """Return (files to take, name to status and reason of the others)."""
        with self.landing() as landing:
            found = list(landing.look())
        taken = {one.source_file: one for one in found if isinstance(one, Sighting)}
        return taken, {one.source_file: (one.status, one.reason) for one in found if isinstance(one, NotTaken)}


def home_of(folder: Path, landing: str, limits: str = "") -> tuple[Settings, Paths]:
    folder.mkdir()
    (folder / "tallyhouse.toml").write_text(
        f'[company]\nname = "Quill and Ledger"\n[limits]\n{limits}\n[accounts.wms]\nsystem = "house"\n'
        f"[accounts.wms.landing]\n{landing}\n[accounts.shop]\nsystem = 'shopify'\n"
    )
    settings = load_settings(folder)
    paths = Paths(settings.home)
    paths.create()
    return settings, paths


def sftp_settings(server: SshServer, folder: Path, extra: str = "", port: int = 0) -> str:
    return (
        f'url = "sftp://{server.user}@{HOST}:{port or server.port}{folder}"\nkey_file = "{server.key}"\n'
        f'known_hosts = "{server.known_hosts}"\ntimeout_seconds = 5\n{extra}'
    )


def s3_settings(bucket: Any, endpoint: str, extra: str = "") -> str:
    return (
        f'url = "s3://{bucket.name}/in"\nendpoint_url = "{endpoint}"\ntimeout_seconds = 5\n'
        f'access_key_env = "SHOP_ACCESS"\nsecret_key_env = "SHOP_SECRET"\n{extra}'
    )


@pytest.fixture
def make_office(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Office]:
    """A maker of offices of a kind: folder, sftp or s3."""

    def make(kind: str, extra: str = "") -> Office:
        folder = tmp_path / "sender"
        folder.mkdir(exist_ok=True)

        def put(name: str, content: bytes) -> None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            os.utime(path, (1_790_000_000, 1_790_000_000))

        def names() -> list[str]:
            return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())

        if kind == "folder":
            landing = f'url = "{folder}"\n{extra}'
        elif kind == "sftp":
            landing = sftp_settings(request.getfixturevalue("ssh_server"), folder, extra)
        else:
            monkeypatch.setenv("SHOP_ACCESS", ACCESS)
            monkeypatch.setenv("SHOP_SECRET", SECRET)
            bucket = request.getfixturevalue("bucket")
            landing = s3_settings(bucket, request.getfixturevalue("s3_endpoint"), extra)

            def put(name: str, content: bytes) -> None:
                bucket.put_object(Key=f"in/{name}", Body=content)

            def names() -> list[str]:
                return sorted(one.key.removeprefix("in/") for one in bucket.objects.all())

        return Office(*home_of(tmp_path / "home", landing), put, names, kind)

    return make


@pytest.fixture
def cut_line() -> Iterator[Callable[[int, int], int]]:
    """A maker of lines to a port that fall silent for good after so many bytes from the server; returns the line's port."""
    listeners: list[socket.socket] = []

    def open_line(target: int, allowed: int) -> int:
        listener = socket.create_server((HOST, 0))
        listeners.append(listener)
        threading.Thread(target=_serve, args=(listener, target, allowed), daemon=True).start()
        return int(listener.getsockname()[1])

    yield open_line
    for listener in listeners:
        listener.close()


def _serve(listener: socket.socket, target: int, allowed: int) -> None:
    left = [allowed]
    while True:
        try:
            near, _ = listener.accept()
        except OSError:
            return
        if left[0] <= 0:
            near.close()
            continue
        far = socket.create_connection((HOST, target))
        threading.Thread(target=_pump, args=(near, far, [1 << 60]), daemon=True).start()
        threading.Thread(target=_pump, args=(far, near, left), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket, left: list[int]) -> None:
    try:
        while left[0] > 0 and (data := source.recv(65536)):
            target.sendall(data[: left[0]])
            left[0] -= len(data)
    except OSError:
        return
    finally:
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


@pytest.fixture
def make_landing(tmp_path: Path) -> Callable[[str], tuple[Landing, Paths]]:
    """A maker of a landing with these settings of `wms`, beside an account `shop` with one file in the usual folder."""

    def make(landing: str) -> tuple[Landing, Paths]:
        clock = Clock()
        settings, paths = home_of(tmp_path / "home", landing)
        usual = paths.landing / "shop"
        usual.mkdir()
        (usual / "inventory.csv").write_text("Handle,SKU\n")
        os.utime(usual / "inventory.csv", (1_790_000_000, 1_790_000_000))
        return Landing(settings, paths, now=clock.now, pause=clock.pause), paths

    return make


@pytest.fixture
def sftp_place(ssh_server: SshServer, tmp_path: Path) -> Callable[..., str]:
    """A maker of settings of an SFTP place in `sender/`, by keyword changed."""
    folder = tmp_path / "sender"
    folder.mkdir()

    def make(port: int = 0, extra: str = "", **changed: str | None) -> str:
        lines = sftp_settings(ssh_server, folder, extra, port).splitlines()
        kept = [line for line in lines if line.split(" = ")[0] not in changed]
        return "\n".join([*kept, *(f'{key} = "{value}"' for key, value in changed.items() if value is not None)])

    return make


@pytest.fixture
def s3_place(bucket: Any, s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """A maker of settings of a bucket, its keys in the environment."""
    monkeypatch.setenv("SHOP_ACCESS", ACCESS)
    monkeypatch.setenv("SHOP_SECRET", SECRET)
    return lambda endpoint=s3_endpoint, extra="": s3_settings(bucket, endpoint, extra)
