"""A company with one destination behind a real socket: what stock and parcels have in common when faults are tried on them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import company
from ops import open_store
from reverse_etl import PushReport, push
from tests.emulators.clock import VirtualClock
from tests.emulators.front import Front
from tests.reverse_etl.conftest import World

_TOML = """
environment = "test"
[company]
name = "Push test"
[accounts.shop]
system = "{system}"
[destinations.{destination}]
kind = "{kind}"
account = "shop"
{location}
url = "{url}"
secret_env = "EMULATED_KEY"
{settings}
{more}
[environments.demo]
[environments.local]
[environments.prod]
[environments.test]
push = true
"""


class ApiKind(Protocol):
    """A kind of destination, the system of its account, its key, and the lines of its section (`{url}` is the emulator's)."""

    @property
    def kind(self) -> str: ...
    @property
    def system(self) -> str: ...
    @property
    def settings(self) -> str: ...


KindT = TypeVar("KindT", bound=ApiKind)


def settings_text(
    kind: ApiKind, url: str, destination: str = "shop_api", location: str | None = "1", more: str = ""
) -> str:
    """The settings of a company that pushes to one destination of this kind at `url`; `more` is put before its environments."""
    return _TOML.format(
        destination=destination, kind=kind.kind, system=kind.system, url=url, settings=kind.settings.format(url=url),
        location=f'location = "{location}"' if location else "", more=more,
    )  # fmt: skip


class Wired(Generic[KindT]):
    """The company, the channel itself on a virtual clock, and the wire between them."""

    def __init__(self, home: Path, kind: KindT, channel: Callable[[VirtualClock], Any]) -> None:
        self.kind, self.clock = kind, VirtualClock()
        self.channel = channel(self.clock)
        self.front = Front(self.channel, self.clock)
        self.world, self.more = World(home), ""

    def settings(self) -> str:
        """What its settings file says."""
        return settings_text(self.kind, self.front.url, more=self.more)

    def configure(self) -> None:
        """Write the settings and the folders."""
        self.world.home.mkdir(exist_ok=True)
        (self.world.home / company.CONFIG_FILE).write_text(self.settings(), encoding="utf-8")
        self.world.paths.create()

    def push_published(self, limits: company.Limits | None = None) -> PushReport:
        """One push of what was published last, within other limits if any are given."""
        settings = self.world.settings if limits is None else self.world.settings.model_copy(update={"limits": limits})
        with self.world.connection() as connection:
            return push(settings, self.world.paths, connection, clock=self.clock)

    def until_settled(self, once: Callable[[], object]) -> None:
        """Push until nothing is in doubt any more, an hour between; four times at most."""
        once()
        for _ in range(4):
            if not self.query("select 1 from push_intent where status in ('sending', 'ambiguous')"):
                break
            self.clock.sleep(3600)
            once()

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of the ops store."""
        with open_store(self.world.paths.ops) as store:
            return store.query(sql)

    def reasons(self) -> dict[str, tuple[object, object]]:
        """Status and reason of every row of the last run, by row key."""
        rows = self.query(
            "select row_key, status, reason from push_intent where run_id ="
            " (select run_id from push_run order by rowid desc limit 1)"
        )
        return {str(key): (status, reason) for key, status, reason in rows}

    def assert_sound(self) -> None:
        """No write without a journal row, and no row confirmed without evidence."""
        attempts = len(self.query("select 1 from push_attempt"))
        assert len(self.front.writes) <= attempts
        assert self.query("select * from push_intent where status = 'confirmed' and evidence is null") == []
