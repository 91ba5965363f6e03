"""A real Tryton server, one for each module, on SQLite or PostgreSQL. `make .venv-tryton/.ready` installs it.

Without it these tests are skipped, unless REQUIRE_TRYTON is set, as the gate does; those on PostgreSQL without that server,
unless REQUIRE_POSTGRES is set.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.reverse_etl.queues import TRYTON, Queue
from tests.tryton.server import TrytonServer, copied
from tests.tryton.template import Backend, missing

_REQUIRED_BY: dict[Backend, str] = {"sqlite": "REQUIRE_TRYTON", "postgresql": "REQUIRE_POSTGRES"}


def require(backend: Backend) -> None:
    if message := missing(backend):
        (pytest.fail if os.environ.get(_REQUIRED_BY[backend]) else pytest.skip)(message)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def tryton(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrytonServer]:
    require(request.param)
    with copied(tmp_path_factory.mktemp("tryton") / "server", request.param) as server:
        yield server


@pytest.fixture
def make_queue(tryton: TrytonServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Queue]]:
    """Companies that push to the server, each with references of its own, through a wire that can fail."""
    monkeypatch.setenv("EMULATED_KEY", tryton.key)
    with ExitStack() as stack:

        def make() -> Queue:
            tag = uuid.uuid4().hex[:8]
            queue = Queue(tmp_path / tag, TRYTON, tryton, tag)
            stack.enter_context(queue.front)
            return queue

        yield make


@pytest.fixture
def queue(make_queue: Callable[[], Queue]) -> Queue:
    return make_queue()
