"""One real shop for all of these tests, which `make .shop/.ready` installs.

Without it they are skipped, unless REQUIRE_SHOP is set, as `make campaign-shop` does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.servers.postgres import Postgres
from tests.shop_campaign.company_of_shop import Company
from tests.shop_campaign.server import MedusaServer, missing
from tests.shop_campaign.shop import Shop

SKUS = tuple(f"SKU-{number}" for number in range(1, 13))
UNITS = 8


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    if message := missing():
        (pytest.fail if os.environ.get("REQUIRE_SHOP") else pytest.skip)(message)
    logs = tmp_path_factory.mktemp("shop")
    with (
        Postgres(logs / "postgres.log") as postgres,
        MedusaServer(f"{postgres.url()}?sslmode=disable", logs / "medusa.log") as server,
    ):
        found = Shop(server, SKUS)
        found.open(UNITS)
        yield found


@pytest.fixture
def company_of(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Company]]:
    """A company that sells the SKUs of these numbers; every test has numbers of its own, for all share the shop."""
    monkeypatch.setenv("SHOP_KEY", shop.key)
    with ExitStack() as stack:

        def make(*numbers: int) -> Company:
            made = Company(tmp_path / "home", shop, numbers)
            stack.enter_context(made.front)
            return made

        yield make
