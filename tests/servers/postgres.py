"""A PostgreSQL of its own from the system's binaries: data in a temporary folder, on a free port of 127.0.0.1."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

_PLACES = "/usr/lib/postgresql"
"""Where Debian keeps the binaries of each version, out of the search path."""
_USER = "tally"


def binary(name: str) -> Path | None:
    """The newest one there is, or None."""
    if found := shutil.which(name):
        return Path(found)
    versions = sorted(Path(_PLACES).glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return versions[-1] if versions else None


def missing() -> str | None:
    """What is not there, or None."""
    return None if binary("initdb") else "no PostgreSQL: its server package is needed, running or not"


def version() -> str:
    """What the server's binary says of itself; a data folder is read by one main version only."""
    program = binary("postgres")
    assert program is not None, "no postgres: PostgreSQL is not installed"
    return subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.strip()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class Postgres:
    """A context manager. PostgreSQL refuses to run as root: there it runs as `postgres`.

    `kept` is a data folder to begin with, copied, as `keep` leaves one behind; without it everything is empty.
    """

    def __init__(self, log: Path, kept: Path | None = None) -> None:
        # not below pytest's own temporary folder, which another user may not enter
        self._folder = Path(tempfile.mkdtemp(prefix="tallyhouse-postgres-"))
        self._log, self._kept = log, kept
        self.port = free_port()

    def url(self, database: str = "postgres", scheme: str = "postgres") -> str:
        return f"{scheme}://{_USER}@127.0.0.1:{self.port}/{database}"

    def __enter__(self) -> Postgres:
        try:
            self._start()
        except BaseException:
            shutil.rmtree(self._folder)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._folder)

    def create(self, database: str) -> None:
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", _USER, database)

    def keep(self, folder: Path) -> None:
        """Copy the data there as a server leaves it that was stopped in order; goes on afterwards."""
        self._run("pg_ctl", "-D", self._data, "-m", "fast", "-w", "stop")
        shutil.copytree(self._data, folder)
        self._serve()

    def session(self, database: str) -> subprocess.Popen[str]:
        """A session of somebody else, who types SQL into `stdin` and reads lines from `stdout`."""
        program = binary("psql")
        assert program is not None, "no psql: PostgreSQL's client is not installed"
        return subprocess.Popen(
            [program, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.url(database, "postgresql")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/",
        )  # fmt: skip

    def _start(self) -> None:
        if self._kept is not None:
            shutil.copytree(self._kept, self._data)
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            for path in (self._folder, *self._folder.rglob("*")):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        if self._kept is None:
            self._run("initdb", "-D", self._data, "-U", _USER, "--auth=trust", "--encoding=UTF8", "--no-sync")
        self._serve()

    def _serve(self) -> None:
        where = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder}"
        options = (
            f"-p {self.port} {where} -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"
        )
        self._run("pg_ctl", "-D", self._data, "-o", options, "-l", self._folder / "server.log", "-w", "start")

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _run(self, name: str, *arguments: str | Path) -> None:
        program = binary(name)
        assert program is not None, f"no {name}: PostgreSQL is not installed"
        as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        with self._log.open("a") as log:
            # the server keeps its parent's output open: a pipe would never end
            subprocess.run(
                [*as_owner, program, *arguments], check=True, cwd="/", stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
