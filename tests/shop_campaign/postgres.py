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


def binary(name: str) -> Path | None:
    """The newest one there is, or None."""
    if found := shutil.which(name):
        return Path(found)
    versions = sorted(Path(_PLACES).glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return versions[-1] if versions else None


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class Postgres:
    """A context manager; `url` names an empty database. PostgreSQL refuses to run as root: there it runs as `postgres`."""

    def __init__(self, log: Path) -> None:
        # not below pytest's own temporary folder, which another user may not enter
        self._folder = Path(tempfile.mkdtemp(prefix="shop-campaign-"))
        self._port, self._log = free_port(), log
        self.url = f"postgres://shop@127.0.0.1:{self._port}/postgres?sslmode=disable"

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

    def _start(self) -> None:
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
        self._run("initdb", "-D", self._data, "-U", "shop", "--auth=trust", "--encoding=UTF8", "--no-sync")
        where = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder}"
        options = f"-p {self._port} {where} -c fsync=off"
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
