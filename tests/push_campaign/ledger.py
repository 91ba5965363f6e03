"""What arrives at the channel, held against the journal at that very moment, by a reader that shares nothing with the engine."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.emulators.front import Answer

if TYPE_CHECKING:
    from tests.push_campaign.trial import Trial

_SENDING = """
    select a.attempt_id, i.channel_sku, json_extract(i.payload_json, '$.quantity')
    from push_attempt a join push_intent i on i.attempt_id = a.attempt_id
    where a.status = 'sending' and i.status = 'sending'
"""


class Arrivals:
    """Listens in front of the channel. `unrecorded` are the writes of which the journal did not know when they arrived."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.unrecorded: list[str] = []
        self.writes = self.before = 0
        self.times: list[float] = []
        self.sent: set[tuple[str, int]] = set()
        """(SKU, number) of every row that the journal knew to be on its way when a write arrived."""
        self._is_write = trial.channel.is_write
        trial.channel.is_write = self._arrived

    def _arrived(self, method: str, path: str, body: bytes) -> bool:
        is_write = self._is_write(method, path, body)
        if is_write:
            self.writes += 1
            self.times.append(self.trial.clock.seconds)
            self._compare(f"{method} {path}", body)
        return is_write

    def _compare(self, name: str, body: bytes) -> None:
        connection = sqlite3.connect(self.trial.paths.ops, timeout=10)
        try:
            rows = connection.execute(_SENDING).fetchall()
        finally:
            connection.close()
        self.sent |= {(name, quantity) for _, name, quantity in rows}
        attempts = {attempt for attempt, _, _ in rows}
        if len(attempts) != 1:
            self.unrecorded.append(f"{name}: {len(attempts)} attempts are being sent")
        elif not set(numbers_of(body)) >= {quantity for _, _, quantity in rows} and b"inputFeedDocumentId" not in body:
            self.unrecorded.append(f"{name}: the journal knows other numbers")


def numbers_of(body: bytes) -> list[int]:
    """Every whole number that a request's JSON states, wherever it stands."""
    found: list[int] = []
    start, end = body.find(b"{"), body.rfind(b"}")
    _walk(json.loads(body[start : end + 1]), found.append)
    return found


def _walk(value: Any, take: Callable[[int], None]) -> None:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            _walk(part, take)
    elif isinstance(value, int) and not isinstance(value, bool):
        take(value)


def edited(answer: Answer, change: Callable[[list[Any]], list[Any]]) -> Answer:
    """The answer with every list of objects in it changed."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: walk(part) for name, part in value.items()}
        if isinstance(value, list):
            parts = [walk(part) for part in value]
            return change(parts) if parts and all(isinstance(part, dict) for part in parts) else parts
        return value

    return Answer(answer.status, json.dumps(walk(json.loads(answer.body))).encode(), answer.headers)
