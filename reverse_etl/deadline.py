"""A bound on a request in all: a read timeout counts from byte to byte, and an answer that drips would last for ever."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

_CONNECTED = ("connection.connect_tcp.complete", "connection.start_tls.complete")


class Deadline:
    """Ends the connection of one client, which sends one request at a time, when a request takes longer than `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.is_over = False
        self._socket: socket.socket | None = None

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of the connection that is used; the client's extension `trace`."""
        if event in _CONNECTED:
            self._socket = info["return_value"].get_extra_info("socket")

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Bound one request: whatever waits for bytes then gets an error instead."""
        self.is_over = False
        timer = threading.Timer(self.seconds, self._end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _end(self) -> None:
        self.is_over = True
        if self._socket is not None:
            # it may have been closed by the other side already
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
