"""The wire in front of an emulated channel: HTTP/1.1 over a raw socket, so that an answer can be late, cut, doubled or missing.

Every request that arrives is in the ledger with what became of it, written by the front alone: the engine's journal is compared
with it. A fault is taken from the script for the n-th request of a kind.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.emulators.clock import VirtualClock

_TLS_HANDSHAKE = b"\x16"
_LONGEST_STALL_SECONDS = 20.0


@dataclass(frozen=True)
class Answer:
    """A whole answer of an emulated channel."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "application/json"})

    @classmethod
    def of(cls, document: Any, status: int = 200, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status, json.dumps(document).encode(), {"content-type": "application/json", **named})


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    number: int
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    is_write: bool

    def json(self) -> Any:
        return json.loads(self.body)


class Channel(Protocol):
    """What an emulated channel does; it knows nothing of the wire."""

    def is_write(self, method: str, path: str, body: bytes) -> bool: ...

    def answer(self, asked: Asked) -> Answer: ...


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request.

    `executes`: whether the channel does what was asked: 'no', 'yes', 'twice', or 'late' after `delay` seconds of virtual time.
    `reply`: 'answer', 'reset' (RST before the answer), 'cut' (RST in its middle), 'close' (FIN before it), 'stall' (silence until
    the caller gives up), 'drip' (a byte now and then), or an `Answer` of its own.
    """

    executes: str = "yes"
    reply: str | Answer = "answer"
    delay: float = 0.0


@dataclass
class Entry:
    """One line of the ledger."""

    asked: Asked
    executed: int = 0
    answered: bool = False


class Front:
    """A context manager: a server on a port of its own. `url` is where it is."""

    def __init__(self, channel: Channel, clock: VirtualClock) -> None:
        self.channel, self.clock = channel, clock
        self.ledger: list[Entry] = []
        self.write_faults: list[Fault | None] = []
        self.read_faults: list[Fault | None] = []
        self.always: Callable[[Asked], Fault | None] = lambda asked: None
        self.edit: Callable[[Asked, Answer], Answer] = lambda asked, answer: answer
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._lock, self._closing = threading.Lock(), False

    @property
    def writes(self) -> list[Entry]:
        return [entry for entry in self.ledger if entry.asked.is_write]

    def __enter__(self) -> Front:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if not self._closing:
            self.close()

    def close(self) -> None:
        """Stop listening: from now on a connection is refused."""
        self._closing = True
        # without it, the thread that waits in accept would still take one more connection
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while not self._closing:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._connection, args=(connection,), daemon=True).start()

    def _connection(self, connection: socket.socket) -> None:
        with connection:
            if connection.recv(1, socket.MSG_PEEK) == _TLS_HANDSHAKE:
                return
            stream = connection.makefile("rb")
            while (request := _read(stream)) is not None:
                if not self._one(connection, *request):
                    return

    def _one(self, connection: socket.socket, method: str, path: str, headers: dict[str, str], body: bytes) -> bool:
        """Serve one request; return whether the connection goes on."""
        is_write = self.channel.is_write(method, path, body)
        with self._lock:
            asked = Asked(len(self.ledger), method, path, headers, body, is_write)
            entry = Entry(asked)
            self.ledger.append(entry)
            script = self.write_faults if is_write else self.read_faults
            fault = (script.pop(0) if script else None) or self.always(asked) or Fault()
        answer = self._execute(entry, fault)
        entry.answered = fault.reply == "answer" or isinstance(fault.reply, Answer)
        return _reply(connection, fault.reply if isinstance(fault.reply, Answer) else answer, fault.reply)

    def _execute(self, entry: Entry, fault: Fault) -> Answer:
        if fault.executes == "late":
            self.clock.after(fault.delay, lambda: self._run(entry))
            return Answer()
        times = {"no": 0, "yes": 1, "twice": 2}[fault.executes]
        answer = Answer()
        for _ in range(times):
            answer = self._run(entry)
        return answer

    def _run(self, entry: Entry) -> Answer:
        with self._lock:
            entry.executed += 1
            return self.edit(entry.asked, self.channel.answer(entry.asked))


def _read(stream: Any) -> tuple[str, str, dict[str, str], bytes] | None:
    try:
        first = stream.readline()
        if not first.strip():
            return None
        method, path, _ = first.decode("latin-1").split(" ", 2)
        headers: dict[str, str] = {}
        while (line := stream.readline().strip()) != b"":
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        return method, path, headers, stream.read(int(headers.get("content-length", "0")))
    except (OSError, ValueError):
        return None


def _reply(connection: socket.socket, answer: Answer, how: str | Answer) -> bool:
    head = f"HTTP/1.1 {answer.status} X\r\n" + "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    whole = f"{head}content-length: {len(answer.body)}\r\n\r\n".encode("latin-1") + answer.body
    try:
        if how == "reset":
            _reset(connection)
        elif how == "cut":
            connection.sendall(whole[: len(whole) - len(answer.body) // 2 - 1])
            time.sleep(0.02)
            _reset(connection)
        elif how == "stall":
            connection.settimeout(_LONGEST_STALL_SECONDS)
            connection.recv(1)
        elif how == "drip":
            for byte in whole:
                connection.sendall(bytes([byte]))
                time.sleep(0.05)
        elif how != "close":
            connection.sendall(whole)
            return True
    except OSError:
        return False
    return False


def _reset(connection: socket.socket) -> None:
    """Close with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
