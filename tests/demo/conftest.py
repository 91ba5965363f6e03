"""One small finished year for all tests of the demo company."""

from __future__ import annotations

import pytest

from demo.exports.tables import Export
from demo.outcome import Outcome
from demo.world import all_exports, make_outcome


@pytest.fixture(scope="session")
def outcome() -> Outcome:
    return make_outcome(orders=8_000, seed=11)


@pytest.fixture(scope="session")
def exports(outcome: Outcome) -> list[Export]:
    return list(all_exports(outcome))
