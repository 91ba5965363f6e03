"""A real Tryton server from `.venv-tryton` on a copy of the company, on SQLite or PostgreSQL; talked to as people would."""

from __future__ import annotations

import base64
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.emulators.erp import Document
from tests.emulators.front import Answer, Asked
from tests.servers.postgres import Postgres, free_port
from tests.tryton.template import DATABASE, ENVIRONMENT, PASSWORD, Backend, configuration, template


@dataclass
class TrytonServer:
    """A context manager; also a channel for `Front`, and what people do there. `settings` are lines of its configuration."""

    folder: Path
    backend: Backend = "sqlite"
    settings: str = ""
    port: int = 0
    postgres: Postgres | None = None
    _stack: ExitStack = field(default_factory=ExitStack)
    _process: Any = None
    _session: str = ""

    @property
    def key(self) -> str:
        return (self.folder / "key").read_text(encoding="utf-8")

    @property
    def people(self) -> dict[str, int]:
        """The context of those who act: company and employee."""
        return dict(json.loads((self.folder / "people.json").read_text(encoding="utf-8")))

    def __enter__(self) -> TrytonServer:
        self.port = free_port()
        with ExitStack() as stack:
            if self.backend == "postgresql":
                log, kept = self.folder / "postgres.log", self.folder / "data"
                self.postgres = stack.enter_context(Postgres(log, kept))
            self.start()
            stack.callback(self.stop)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def configuration(self) -> Path:
        return configuration(self.folder, self.postgres, self.port, self.settings)

    def start(self) -> None:
        with (self.folder / "server.log").open("a") as log:
            self._process = subprocess.Popen(
                [ENVIRONMENT / "bin/trytond", "-c", self.configuration, "-d", DATABASE], stdout=log, stderr=log
            )
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.1)
            else:
                return
        raise AssertionError((self.folder / "server.log").read_text(encoding="utf-8")[-2000:])

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    @contextmanager
    def worker(self) -> Iterator[None]:
        """Tryton's own process for what it was told to do later."""
        command = [ENVIRONMENT / "bin/trytond-worker", "-c", self.configuration, "-d", DATABASE]
        with (self.folder / "worker.log").open("a") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    # what the wire in front of it needs

    def is_write(self, method: str, path: str, body: bytes) -> bool:
        return method != "GET"

    def answer(self, asked: Asked) -> Answer:
        """The server's own answer."""
        dropped = ("host", "connection", "content-length", "accept-encoding")
        headers = {name: value for name, value in asked.headers.items() if name not in dropped}
        status, kind, body = self._http(asked.method, asked.path, asked.body, headers)
        return Answer(status, body, {"content-type": kind})

    def _http(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheader("content-type", ""), answer.read()
        finally:
            connection.close()

    # what people there do, and what is there

    def rest(self, method: str, path: str, values: Any = None, **query: Any) -> Any:
        """A call by another application with the same key."""
        if "d" in query:
            query["d"] = base64.urlsafe_b64encode(json.dumps(query["d"]).encode()).decode()
        context = base64.urlsafe_b64encode(json.dumps(self.people).encode()).decode()
        headers = {
            "authorization": f"Bearer {self.key}",
            "content-type": "application/json",
            "x-tryton-context": context,
        }
        body = b"" if values is None else json.dumps(values).encode()
        where = f"/{DATABASE}/rest/model/{path}?{urlencode(query, doseq=True)}"
        status, _, answer = self._http(method, where, body, headers)
        assert status in (200, 204), (status, answer)
        return json.loads(answer) if answer else None

    def rpc(self, method: str, *params: Any) -> Any:
        """A call as the desktop client makes it."""
        if not self._session:
            who = json.dumps({"id": 1, "method": "common.db.login", "params": ["admin", {"password": PASSWORD}]})
            _, _, answer = self._http("POST", f"/{DATABASE}/rpc/", who.encode(), {"content-type": "application/json"})
            user, session, *_ = json.loads(answer)["result"]
            self._session = base64.b64encode(f"admin:{user}:{session}".encode()).decode()
        headers = {"content-type": "application/json", "authorization": f"Session {self._session}"}
        call = json.dumps({"id": 1, "method": method, "params": params})
        _, _, answer = self._http("POST", f"/{DATABASE}/rpc/", call.encode(), headers)
        said = json.loads(answer)
        assert "error" not in said, said["error"]
        return said["result"]

    def of(self, reference: str) -> list[Document]:
        found = self.rest(
            "GET", "purchase.requisition", d=[["description", "=", reference]], f=["state", "lines.quantity"]
        )
        return [
            Document(row["id"], reference, "", sum(x["quantity"] for x in row["lines"]), row["state"]) for row in found
        ]

    def is_whole(self, reference: str, quantity: int) -> bool:
        """One requisition, worked on, and one purchase request made of it."""
        found = [(d.quantity, d.state) for d in self.of(reference)]
        return found == [(quantity, "processing")] and len(self.requests(reference)) == 1

    def requests(self, reference: str) -> list[dict[str, Any]]:
        found = self.rest(
            "GET", "purchase.requisition", d=[["description", "=", reference]], f="lines.purchase_requests.quantity"
        )
        return [request for row in found for line in row["lines"] for request in line["purchase_requests"]]

    def purchase(self, *references: str) -> dict[str, Any]:
        """A buyer makes one purchase of the requests; it is a draft."""
        ids = [request["id"] for reference in references for request in self.requests(reference)]
        context = {**self.people, "active_model": "purchase.request", "active_id": ids[0], "active_ids": ids}
        name = "wizard.purchase.request.create_purchase"
        session, start, _ = self.rpc(f"{name}.create", context)
        self.rpc(f"{name}.execute", session, {}, start, context)
        self.rpc(f"{name}.delete", session, context)
        (row,) = self.rest(
            "GET", "purchase.request", d=[["id", "=", ids[0]]], f=["purchase.number", "purchase.lines.quantity"]
        )
        found: dict[str, Any] = row["purchase"]
        return found

    def confirm(self, purchase: int) -> str:
        """The buyer sends it to the supplier; returns its number."""
        for action in ("quote", "confirm"):
            self.rest("POST", f"purchase.purchase/{purchase}/{action}", {}, f="state")
        (row,) = self.rest("GET", "purchase.purchase", d=[["id", "=", purchase]], f=["number", "state"])
        assert row["state"] in ("confirmed", "processing"), row
        return str(row["number"])

    def change_purchase(self, purchase: int, line: int, quantity: float) -> None:
        self.rest("PUT", f"purchase.purchase/{purchase}", {"lines": [["write", [line], {"quantity": quantity}]]})

    def refuse(self, reference: str, action: str = "reject") -> None:
        for document in self.of(reference):
            self.rest("POST", f"purchase.requisition/{document.number}/{action}", {}, f="state")

    def change(self, reference: str, quantity: float) -> None:
        found = self.rest("GET", "purchase.requisition", d=[["description", "=", reference]], f="lines.quantity")
        for row in found:
            lines = [["write", [line["id"]], {"quantity": quantity}] for line in row["lines"]]
            self.rest("PUT", f"purchase.requisition/{row['id']}", {"lines": lines})

    def remove(self, reference: str) -> None:
        for document in self.of(reference):
            self.rest("DELETE", f"purchase.requisition/{document.number}")


def copied(folder: Path, backend: Backend = "sqlite", settings: str = "") -> TrytonServer:
    """A server on a copy of the company, not started yet."""
    shutil.copytree(template(backend), folder)
    return TrytonServer(folder, backend, settings)
