"""The company in a Tryton database, made once for each kind of database and kept beside the environment to be copied.

`python -m tests.tryton.template` makes what is not there yet, where there is the server for it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from tests.servers import postgres
from tests.servers.postgres import Postgres

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = ROOT / ".venv-tryton"
DATABASE, PASSWORD = "tally", "tally-ho-1842"
_COMPANY = Path(__file__).with_name("company_of_tryton.py")

Backend = Literal["sqlite", "postgresql"]
BACKENDS: tuple[Backend, ...] = ("sqlite", "postgresql")


def missing(backend: Backend) -> str | None:
    """What is not there, or None."""
    if not (ENVIRONMENT / "bin/trytond").exists():
        return "no Tryton server: `make .venv-tryton/.ready` installs one beside the environment"
    return postgres.missing() if backend == "postgresql" else None


def template(backend: Backend) -> Path:
    """The folder with the company in it; made when it is not there yet, by one process alone."""
    made_of = _COMPANY.read_bytes() + (ROOT / "requirements-tryton.lock").read_bytes()
    if backend == "postgresql":
        made_of += postgres.version().encode()
    folder = ENVIRONMENT / f"company-{backend}-{hashlib.sha256(made_of).hexdigest()[:16]}"
    with (ENVIRONMENT / f"company-{backend}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = folder.with_suffix(".making")
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            if backend == "postgresql":
                _on_postgres(making)
            else:
                (making / f"{DATABASE}.sqlite").touch()
                _make(making, configuration(making))
            making.rename(folder)
    return folder


def configuration(folder: Path, server: Postgres | None = None, port: int = 0, settings: str = "") -> Path:
    """Write what the server reads; conflicts of PostgreSQL are answered at once instead of after five tries of its own."""
    where = (
        f"uri = sqlite://\npath = {folder}" if server is None else f"uri = {server.url('', 'postgresql')}\nretry = 0"
    )
    path = folder / "trytond.conf"
    path.write_text(f"[database]\n{where}\n[web]\nlisten = 127.0.0.1:{port}\n{settings}\n", encoding="utf-8")
    return path


def _on_postgres(folder: Path) -> None:
    with Postgres(folder / "postgres.log") as server:
        server.create(DATABASE)
        _make(folder, configuration(folder, server))
        server.keep(folder / "data")


def _make(folder: Path, path: Path) -> None:
    secret = folder / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    given = {**os.environ, "TRYTONPASSFILE": str(secret)}
    admin = [ENVIRONMENT / "bin/trytond-admin", "-c", path, "-d", DATABASE, "-u", "purchase_requisition", "stock_supply",
             "--activate-dependencies", "--email", "admin@example.com"]  # fmt: skip
    _run(admin, given)
    key, people = _run([ENVIRONMENT / "bin/python", _COMPANY, path, DATABASE], given).split()[-2:]
    (folder / "key").write_text(key, encoding="utf-8")
    (folder / "people.json").write_text(people, encoding="utf-8")


def _run(command: Sequence[str | Path], environment: Mapping[str, str]) -> str:
    done = subprocess.run(command, check=False, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{command[0]}: {done.stderr[-3000:]}"
    return done.stdout


if __name__ == "__main__":
    for backend in BACKENDS:
        print(f"{backend}: {missing(backend) or template(backend)}", flush=True)
