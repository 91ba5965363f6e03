"""A real Medusa server from the folder that `make .shop/.ready` fills, and the calls that people and the engine make to it."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.emulators.front import Answer, Asked
from tests.servers import postgres
from tests.servers.postgres import free_port

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".shop"
_EMAIL, _PASSWORD = "admin@example.com", "tally-ho-1842"
_START_SECONDS = 120.0


def missing() -> str | None:
    """What is not there, or None."""
    if not (FOLDER / "node_modules/.bin/medusa").exists():
        return "no Medusa: `make .shop/.ready` installs one beside the environment"
    return postgres.missing()


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """The shop said no, in its own words."""

    def __init__(self, status: int, document: Any) -> None:
        super().__init__(f"{status}: {document}")
        # said before the cart is completed, or, when another customer was quicker, while it is
        self.is_sold_out = document.get("code") == "insufficient_inventory" or str(document.get("message")).startswith(
            "Not enough stock"
        )


class MedusaServer:
    """A context manager, over a database; also a channel for `Front`: what it says goes through as it is."""

    def __init__(self, database_url: str, log: Path) -> None:
        self.port, self._log = free_port(), log
        self._environment = {
            **os.environ, "DATABASE_URL": database_url, "SHOP_URL": f"http://127.0.0.1:{self.port}",
            "SHOP_SECRET": secrets.token_hex(16), "MEDUSA_DISABLE_TELEMETRY": "1", "NODE_ENV": "production",
        }  # fmt: skip
        self._process: Any = None
        self.token = ""
        """The administrator's, for setting the shop up."""

    def __enter__(self) -> MedusaServer:
        self._medusa("db:migrate", "--execute-all-links")
        self._medusa("user", "-e", _EMAIL, "-p", _PASSWORD)
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [FOLDER / "node_modules/.bin/medusa", "start", "-H", "127.0.0.1", "-p", str(self.port)],
                cwd=FOLDER, env=self._environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        self._wait()
        self.token = self.call("POST", "/auth/user/emailpass", {"email": _EMAIL, "password": _PASSWORD})["token"]
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _medusa(self, *arguments: str) -> None:
        done = subprocess.run(
            [FOLDER / "node_modules/.bin/medusa", *arguments], cwd=FOLDER, env=self._environment, check=False,
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, f"medusa {' '.join(arguments)}: {(done.stdout + done.stderr)[-3000:]}"

    def _wait(self) -> None:
        until = time.monotonic() + _START_SECONDS
        while self._process.poll() is None and time.monotonic() < until:
            time.sleep(0.2)
            with suppress(OSError):
                if self._http("GET", "/health", b"", {})[0] == http.client.OK:
                    return
        self.__exit__()
        raise AssertionError(self._log.read_text(encoding="utf-8")[-3000:])

    # what the wire in front of it needs

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return method != "GET"

    def answer(self, asked: Asked) -> Answer:
        """The server's own answer."""
        dropped = ("host", "connection", "content-length", "accept-encoding")
        headers = {name: value for name, value in asked.headers.items() if name not in dropped}
        status, kind, body = self._http(asked.method, asked.path, asked.body, headers)
        return Answer(status, body, {"content-type": kind})

    # what people there do

    def admin(self, method: str, path: str, values: Any = None, **query: Any) -> Any:
        """A call as the back office makes it."""
        return self.call(method, f"/admin/{path}", values, {"authorization": f"Bearer {self.token}"}, **query)

    def call(
        self, method: str, path: str, values: Any = None, headers: dict[str, str] | None = None, **query: Any
    ) -> Any:
        """One call; raises `Refused` for every answer but a good one."""
        body = b"" if values is None else json.dumps(values).encode()
        where = f"{path}?{urlencode(query, doseq=True)}" if query else path
        status, _, answer = self._http(method, where, body, {"content-type": "application/json", **(headers or {})})
        document = json.loads(answer)
        if status != http.client.OK:
            raise Refused(status, document)
        return document

    def _http(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheader("content-type", ""), answer.read()
        finally:
            connection.close()
