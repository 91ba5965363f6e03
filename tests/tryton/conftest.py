"""A real Tryton server, one for each module. `make .venv-tryton/.ready` installs it.

Without it these tests are skipped, unless REQUIRE_TRYTON is set, as the gate does.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.reverse_etl.queues import TRYTON, Queue
from tests.tryton.server import TrytonServer, copied, is_there


def require() -> None:
    if not is_there():
        message = "no Tryton server: `make .venv-tryton/.ready` installs one beside the environment"
        (pytest.fail if os.environ.get("REQUIRE_TRYTON") else pytest.skip)(message)


@pytest.fixture(scope="module")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrytonServer]:
    require()
    with copied(tmp_path_factory.mktemp("tryton") / "server") as server:
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
