"""Shopify over real sockets: every way in which a request can end, and what the journal and the shop say afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import company
from ops import dead_letters, open_store, release_dead_letters
from reverse_etl import PushReport, push
from tests.emulators.clock import VirtualClock
from tests.emulators.front import Answer, Fault, Front
from tests.emulators.shopify import TOKEN, Shopify
from tests.reverse_etl.conftest import World, stock

TOML = """
environment = "test"
[company]
name = "Push test"
[accounts.shop]
system = "shopify"
[destinations.shop_api]
kind = "shopify_inventory_api"
account = "shop"
location = "1"
url = "{url}"
secret_env = "EMULATED_SHOPIFY_KEY"
{more}
[environments.demo]
[environments.local]
[environments.prod]
[environments.test]
push = true
"""
SKUS = ("SKU-1", "SKU-2", "SKU-3")


class Shop:
    """A company with one shop, the shop itself, and the wire between them."""

    def __init__(self, home: Path) -> None:
        self.clock = VirtualClock()
        self.shop = Shopify(self.clock, dict.fromkeys(SKUS, 10))
        self.front = Front(self.shop, self.clock)
        self.world, self.more = World(home), ""

    def push(self, **wanted: int) -> PushReport:
        """One push of the quantities wanted, by SKU without its dash."""
        self.world.home.mkdir(exist_ok=True)
        text = TOML.format(url=self.front.url, more=self.more)
        (self.world.home / company.CONFIG_FILE).write_text(text, encoding="utf-8")
        self.world.paths.create()
        self.world.publish([stock("shop", name.removeprefix("SKU"), units) for name, units in wanted.items()])
        open_limits = company.Limits(max_changed_rate=1, max_to_zero_rate=1, max_unit_delta_rate=1_000_000)
        settings = self.world.settings.model_copy(update={"limits": open_limits})
        with self.world.connection() as connection:
            return push(settings, self.world.paths, connection, clock=self.clock)

    def query(self, sql: str) -> list[tuple[object, ...]]:
        with open_store(self.world.paths.ops) as store:
            return store.query(sql)

    def reasons(self) -> dict[str, tuple[object, object]]:
        """Status and reason of every row of the last run, by row key."""
        rows = self.query(
            "select row_key, status, reason from push_intent where run_id = (select max(run_id) from push_run"
            " where rowid = (select max(rowid) from push_run))"
        )
        return {str(key): (status, reason) for key, status, reason in rows}

    def assert_sound(self) -> None:
        """No write without a journal row, and no row confirmed without evidence."""
        keys = {key for (key,) in self.query("select idempotency_key from push_attempt")}
        asked = [entry.asked.json()["variables"].get("key") for entry in self.front.writes]
        assert set(asked) <= keys
        assert self.query("select * from push_intent where status = 'confirmed' and evidence is null") == []


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("EMULATED_SHOPIFY_KEY", TOKEN)
    found = Shop(tmp_path / "home")
    with found.front:
        yield found


def test_a_first_push_reads_first_and_writes_only_what_differs(shop: Shop) -> None:
    report = shop.push(SKU1=10, SKU2=4, SKU3=12)
    assert (report.sent, report.held, report.rejected) == (3, 0, 0)
    assert shop.shop.levels == {"SKU-1": 10, "SKU-2": 4, "SKU-3": 12}
    entries = [entry for write in shop.front.writes for entry in write.asked.json()["variables"]["input"]["quantities"]]
    assert sorted((e["quantity"], e["changeFromQuantity"]) for e in entries) == [(4, 10), (12, 10)]
    evidence = dict(shop.query("select row_key, evidence from push_intent"))
    assert evidence == {"shop-1": "read_back", "shop-2": "answer", "shop-3": "answer"}
    assert shop.push(SKU1=10, SKU2=4, SKU3=12).unchanged == 3
    assert len(shop.front.writes) == len({write.asked.body for write in shop.front.writes}) > 0
    shop.assert_sound()


@pytest.mark.parametrize("reply", ["reset", "cut", "close"])
@pytest.mark.parametrize("executes", ["no", "yes"])
def test_a_lost_answer_is_read_back_once_nothing_can_land_any_more(shop: Shop, reply: str, executes: str) -> None:
    shop.front.write_faults = [Fault(executes, reply)]
    report = shop.push(SKU1=3)
    assert (report.sent, shop.shop.levels["SKU-1"]) == (1, 3)
    assert shop.shop.effects == [("SKU-1", 10, 3)]
    assert shop.clock.seconds >= 60
    assert len(shop.front.writes) == (1 if executes == "yes" else 2)
    shop.assert_sound()


def test_silence_ends_at_the_deadline(shop: Shop) -> None:
    shop.more = "deadline_seconds = 0.3"
    shop.front.write_faults = [Fault("yes", "stall")]
    assert shop.push(SKU1=3).sent == 1
    assert shop.shop.effects == [("SKU-1", 10, 3)]


def test_a_write_that_lands_late_cannot_overtake_the_next(shop: Shop) -> None:
    """10 -> 5 is lost and lands 40 s later; 10 is wanted next: the same number again, which no comparison would notice."""
    shop.front.write_faults = [Fault("late", "reset", delay=40)]
    shop.front.read_faults = []
    assert shop.push(SKU1=5).sent == 1
    assert shop.push(SKU1=10).sent == 1
    shop.clock.sleep(600)
    assert shop.shop.levels["SKU-1"] == 10
    shop.assert_sound()


def test_a_sale_between_read_and_write_is_not_sold_again(shop: Shop) -> None:
    """The comparison fails; the number fell meanwhile, so raising it would give back what was sold: the next plan decides."""
    sold: list[int] = []

    def sell(asked: object) -> None:
        if getattr(asked, "is_write", False) and not sold:
            sold.append(1)
            shop.shop.sell("SKU-1", 2)

    shop.front.always = sell
    report = shop.push(SKU1=12)
    assert (report.sent, report.held) == (0, 1)
    assert shop.reasons()["shop-1"] == ("held", "sold_meanwhile")
    assert shop.shop.levels["SKU-1"] == 8


def test_a_conflict_is_tried_again_from_a_fresh_base(shop: Shop) -> None:
    edited: list[int] = []

    def edit(asked: object) -> None:
        if getattr(asked, "is_write", False) and not edited:
            edited.append(1)
            shop.shop.levels["SKU-1"] = 30

    shop.front.always = edit
    assert shop.push(SKU1=4, SKU2=4).sent == 2
    assert (shop.shop.levels["SKU-1"], shop.shop.levels["SKU-2"]) == (4, 4)
    bases = [
        e["changeFromQuantity"]
        for write in shop.front.writes
        for e in write.asked.json()["variables"]["input"]["quantities"]
        if e["inventoryItemId"].endswith("SKU-1")
    ]
    assert bases == [10, 30]
    shop.assert_sound()


def test_throttling_waits_and_loses_nothing(shop: Shop) -> None:
    shop.front.write_faults = [Fault("no", Answer(429, b"", {"retry-after": "7"}))]
    assert shop.push(SKU1=3).sent == 1
    assert 7 <= shop.clock.seconds < 30


@pytest.mark.parametrize("header", ["1e9", "-5", "soon", "nan", "Fri, 20 Nov 2026 09:00:00 GMT"])
def test_an_absurd_wait_is_not_waited_for(shop: Shop, header: str) -> None:
    shop.front.write_faults = [Fault("no", Answer(429, b"", {"retry-after": header}))] * 8
    report = shop.push(SKU1=3)
    assert report.sent + report.held == 1
    assert shop.clock.seconds < 600


def test_a_shop_that_throttles_everything_keeps_the_row_for_later(shop: Shop) -> None:
    shop.front.write_faults = [Fault("no", Answer(429, b"", {"retry-after": "1"}))] * 50
    report = shop.push(SKU1=3)
    assert (report.sent, report.held) == (0, 1)
    assert shop.query("select state from breaker") == []
    shop.front.write_faults = []
    assert shop.push(SKU1=3).sent == 1


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b"<html>log in</html>", {"content-type": "text/html"}),
        Answer(200, b""),
        Answer(200, b'{"data": {"inventorySetQuantities"'),
        Answer(200, b'{"data": {"inventorySetQuantities": null}}'),
        Answer(200, b'{"data": {"inventorySetQuantities": {"userErrors": []}}}'),
        Answer(200, b'{"errors": [{"extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}'),
        Answer(500), Answer(502), Answer(503), Answer(504),
    ],
)  # fmt: skip
@pytest.mark.parametrize("executes", ["no", "yes"])
def test_an_answer_that_says_nothing_decides_nothing(shop: Shop, answer: Answer, executes: str) -> None:
    shop.front.write_faults = [Fault(executes, answer)]
    assert shop.push(SKU1=3).sent == 1
    assert shop.shop.effects == [("SKU-1", 10, 3)]
    evidence = shop.query("select evidence from push_intent where status = 'confirmed'")
    assert evidence == [("read_back" if executes == "yes" else "answer",)]
    shop.assert_sound()


def test_one_bad_row_holds_up_no_other(shop: Shop) -> None:
    """The level of SKU-2 vanishes between read and write: the shop refuses the call and names that entry only."""
    gone: list[int] = []

    def vanish(asked: object) -> None:
        if getattr(asked, "is_write", False) and not gone:
            gone.append(1)
            del shop.shop.levels["SKU-2"]

    shop.front.always = vanish
    report = shop.push(SKU1=3, SKU2=4, SKU3=5)
    assert (report.sent, report.rejected) == (2, 1)
    assert shop.reasons()["shop-2"] == ("rejected", "invalid_inventory_item")
    assert (shop.shop.levels["SKU-1"], shop.shop.levels["SKU-3"]) == (3, 5)


def test_a_refused_row_waits_for_another_target_or_for_a_person(shop: Shop) -> None:
    def refuse(asked: object) -> Fault | None:
        if not getattr(asked, "is_write", False):
            return None
        error = {"code": "INVALID_INVENTORY_ITEM", "field": ["input", "quantities", "0", "inventoryItemId"]}
        body = {"data": {"inventorySetQuantities": {"inventoryAdjustmentGroup": None, "userErrors": [error]}}}
        return Fault("no", Answer.of(body))

    shop.front.always = refuse
    assert shop.push(SKU1=3).rejected == 1
    assert shop.push(SKU1=3).held == 1
    assert shop.reasons()["shop-1"] == ("held", "dead_letter")
    assert len(shop.front.writes) == 1
    assert shop.push(SKU1=4).rejected == 1
    with open_store(shop.world.paths.ops) as store:
        (letter,) = dead_letters(store)
        assert (letter.row_key, letter.reason) == ("shop-1", "invalid_inventory_item")
        assert release_dead_letters(store, [letter], actor="Dana Example", reason="listing repaired") == 1
        assert dead_letters(store) == []
    shop.front.always = lambda asked: None
    assert shop.push(SKU1=4).sent == 1
    assert shop.shop.levels["SKU-1"] == 4


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (lambda s: s.unknown_skus.add("SKU-1"), "mapping_missing"),
        (lambda s: s.duplicated.add("SKU-1"), "mapping_duplicate"),
        (lambda s: s.tracked.update({"SKU-1": False}), "mapping_untracked"),
    ],
)
def test_a_row_that_cannot_be_addressed_is_held_with_its_reason(
    shop: Shop, prepare: Callable[[Shopify], None], reason: str
) -> None:
    prepare(shop.shop)
    report = shop.push(SKU1=3, SKU2=4)
    assert (report.sent, report.held) == (1, 1)
    assert shop.reasons()["shop-1"] == ("held", reason)


def test_a_refused_key_is_asked_once_and_opens_the_breaker(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMULATED_SHOPIFY_KEY", "wrong")
    report = shop.push(SKU1=3, SKU2=4)
    assert (report.sent, report.held) == (0, 2)
    assert report.stopped
    assert len(shop.front.ledger) == 1
    assert shop.query("select state from breaker") == [("auth",)]
    shop.push(SKU1=3)
    assert len(shop.front.ledger) == 1


def test_nothing_is_sent_to_where_a_redirect_points(shop: Shop) -> None:
    shop.front.write_faults = [Fault("no", Answer(302, b"", {"location": "http://127.0.0.1:1/other"}))]
    report = shop.push(SKU1=3)
    assert (report.sent, report.held) == (0, 1)
    assert "redirected" in str(report.destinations[0].reason)


def test_a_shop_that_is_down_opens_the_breaker_and_a_later_push_closes_it(shop: Shop) -> None:
    shop.push(SKU1=10)
    shop.front.read_faults = [Fault("no", "reset")] * 100
    for number in range(6):
        assert shop.push(SKU1=number).sent == 0
    assert shop.query("select state from breaker") == [("open",)]
    asked = len(shop.front.ledger)
    assert shop.push(SKU1=7).held == 1
    assert len(shop.front.ledger) == asked
    shop.front.read_faults = []
    shop.clock.sleep(301)
    assert shop.push(SKU1=7).sent == 1
    assert shop.query("select state from breaker") == [("closed",)]


def test_a_refused_connection_leaves_every_row_for_later(shop: Shop) -> None:
    shop.front.close()
    report = shop.push(SKU1=3)
    assert (report.sent, report.held) == (0, 1)
    assert shop.query("select * from push_attempt") == []


def test_a_row_in_doubt_is_not_touched_until_it_is_decided(shop: Shop) -> None:
    shop.front.write_faults = [Fault("yes", "reset")]
    shop.front.read_faults = [None, None, *[Fault("no", "reset")] * 3]
    report = shop.push(SKU1=3)
    assert report.sent == 0
    assert shop.query("select status from push_intent") == [("ambiguous",)]
    shop.front.read_faults = [Fault("no", "reset")] * 3
    assert shop.push(SKU1=6).sent == 0
    assert shop.reasons()["shop-1"] == ("held", "in_doubt")
    assert shop.shop.effects == [("SKU-1", 10, 3)]
    assert shop.push(SKU1=6).sent == 1
    assert shop.shop.effects == [("SKU-1", 10, 3), ("SKU-1", 3, 6)]
    shop.assert_sound()


def test_the_older_field_names_by_setting(shop: Shop) -> None:
    shop.more = 'api_version = "2026-01"'
    assert shop.push(SKU1=3).sent == 1
    entry = shop.front.writes[0].asked.json()["variables"]["input"]["quantities"][0]
    assert entry["compareQuantity"] == 10
    assert "key" not in shop.front.writes[0].asked.json()["variables"]


def test_the_key_is_in_no_table_and_no_message(shop: Shop) -> None:
    shop.push(SKU1=3)
    shop.front.write_faults = [Fault("no", Answer(403))]
    report = shop.push(SKU1=4)
    with open_store(shop.world.paths.ops) as store:
        names = [name for (name,) in store.query("select name from sqlite_schema where type = 'table'")]
        everything = json.dumps([store.query(f"select * from {name}") for name in names]) + json.dumps(report.to_dict())
    assert TOKEN not in everything
