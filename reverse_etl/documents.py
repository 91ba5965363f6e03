"""Documents of a destination that takes what is written as one and answers with one: kept at addresses that need no key.

Putting a document somewhere changes nothing out there, so it is not an attempt of its own; the request that names it is.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from reverse_etl.api import AnswerError, DocumentDestination, Line, Place
from reverse_etl.calls import Calls, UnreachableError
from reverse_etl.contract import Target
from reverse_etl.wire import Request, Wire

CONTENT_TYPE = "application/json; charset=UTF-8"
_HERE = ("127.0.0.1", "localhost", "::1")
_MAX_REPORT_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Documents:
    """Puts and fetches documents; every method raises `UnreachableError` when that did not work."""

    destination: DocumentDestination
    target: Target
    calls: Calls

    def deposit(self, lines: Sequence[Line]) -> str:
        """Put the document of these rows where the destination says; return its id."""
        place = self._place(self.destination.place(self.target))
        self._carry(place, "PUT", self.destination.document(lines, self.target))
        return place.document_id

    def fetch(self, document_id: str) -> bytes:
        """Return a report."""
        place = self._place(self.destination.report_place(document_id))
        content = self._carry(place, "GET", b"")
        return _unpacked(content) if place.is_gzip else content

    def _place(self, request: Request) -> Place:
        try:
            return self.destination.placed(self.calls.read(request))
        except AnswerError as error:
            raise UnreachableError(f"unreadable answer: {error}") from error

    def _carry(self, place: Place, method: Literal["GET", "PUT"], content: bytes) -> bytes:
        where = urlsplit(place.url)
        if where.scheme != "https" and where.hostname not in _HERE:
            raise UnreachableError("a document's address is in clear text")
        path = f"{where.path or '/'}?{where.query}" if where.query else where.path or "/"
        headers = {"content-type": CONTENT_TYPE} if method == "PUT" else {}
        deadline = self.calls.api.deadline_seconds
        with Wire(f"{where.scheme}://{where.netloc}", secret_headers={}, deadline_seconds=deadline) as wire:
            response = wire.send(Request(method, path, content, headers)).response
        if response is None or response.status != 200:
            raise UnreachableError(f"a document was not {'put' if method == 'PUT' else 'fetched'}")
        return response.body


def _unpacked(content: bytes) -> bytes:
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        text = unpacking.decompress(content, _MAX_REPORT_BYTES)
    except zlib.error as error:
        raise UnreachableError("a report is not what it says it is, packed by gzip") from error
    if unpacking.unconsumed_tail or not unpacking.eof:
        raise UnreachableError(f"a report is cut, or larger than {_MAX_REPORT_BYTES} bytes")
    return text
