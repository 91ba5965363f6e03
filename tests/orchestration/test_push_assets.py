"""What runs by schedule: one asset per configured destination, in its channel's pool; it sends, waits, or says what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from company import Paths
from ops import open_store, set_kill_switch
from orchestration.asset_keys import DECREASES_KEY, PUSH_REPORT_KEY, destination_key
from orchestration.definitions import definitions
from orchestration.instance import prepare_instance
from orchestration.resources import CompanyHome
from tests.emulators.front import Fault
from tests.reverse_etl.channels import SHOPIFY, Shop
from tests.reverse_etl.conftest import ANA, PROPOSAL_COLUMNS, STOCK_COLUMNS, TOML, Row, stock
from warehouse import publish
from warehouse.connection import writer


def publish_stock(paths: Paths, rows: Sequence[Row]) -> None:
    with writer(paths.warehouse) as connection:
        connection.execute("drop schema if exists exports cascade; create schema exports")
        for table, columns in (("exp_channel_stock", STOCK_COLUMNS), ("exp_purchase_proposals", PROPOSAL_COLUMNS)):
            connection.execute(f"create table exports.{table} ({', '.join(f'{n} {t}' for n, t in columns.items())})")
        marks = ", ".join("?" * len(STOCK_COLUMNS))
        connection.executemany(
            f"insert into exports.exp_channel_stock values ({marks})", [[row[n] for n in STOCK_COLUMNS] for row in rows]
        )
    publish(paths, as_of=datetime(2026, 11, 20, 6, tzinfo=UTC), keep=3, checks_passed=True)


def run(home: Path, *keys: dg.AssetKey, push: str = "") -> dg.ExecuteInProcessResult:
    """Materialise the assets, or the whole push, of a home as its daemon does."""
    graph = definitions(CompanyHome(home=str(home), push=push))
    with dg.DagsterInstance.from_config(str(prepare_instance(Paths(home)))) as instance:
        job = graph.resolve_job_def("push_exports_job")
        return job.execute_in_process(instance=instance, raise_on_error=False, asset_selection=list(keys) or None)


def metadata(result: dg.ExecuteInProcessResult, key: dg.AssetKey) -> dict[str, Any]:
    (materialised,) = [e for e in result.get_asset_materialization_events() if e.asset_key == key]
    return {name: entry.value for name, entry in materialised.materialization.metadata.items()}


def failed_checks(result: dg.ExecuteInProcessResult) -> dict[tuple[str, str], str]:
    """Severity of every check that did not pass, by asset and check."""
    found = [e for e in result.get_asset_check_evaluations() if not e.passed]
    return {(e.asset_key.path[-1], e.check_name): e.severity.value for e in found}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("EMULATED_KEY", SHOPIFY.secret)
    found = Shop(tmp_path / "home", SHOPIFY)
    with found.front:
        found.configure()
        yield found


def configure(shop: Shop, **changes: str) -> None:
    """Change lines of the written settings."""
    file = shop.world.home / "tallyhouse.toml"
    text = file.read_text("utf-8")
    for old, new in changes.items():
        text = text.replace({"push": "push = true", "location": 'location = "1"'}[old], new)
    file.write_text(text, encoding="utf-8")


def publish_levels(shop: Shop, **wanted: int) -> None:
    publish_stock(shop.world.paths, [stock("shop", n.removeprefix("SKU"), units) for n, units in wanted.items()])


SHOP = destination_key("shop_api")


def test_each_destination_is_downstream_of_its_export_in_its_channels_pool(tmp_path: Path) -> None:
    (tmp_path / "tallyhouse.toml").write_text(TOML)
    graph = definitions(CompanyHome(home=str(tmp_path))).resolve_asset_graph()
    exports = {
        "shop_stock": "exp_channel_stock",
        "market_stock": "exp_channel_stock",
        "purchasing": "exp_purchase_proposals",
    }
    for name, export in exports.items():
        parents = {key.to_user_string() for key in graph.get(destination_key(name)).parent_keys}
        assert parents == {f"exports/{export}", "serving/snapshot"} | (
            {"push/decreases"} if name != "purchasing" else set()
        )
    job = definitions(CompanyHome(home=str(tmp_path))).resolve_job_def("refresh_company_job")
    pools = {node.name: node.definition.pools for node in job.graph.nodes}
    assert pools["destination__shop_stock"] == {"channel_shop"}
    assert pools["destination__market_stock"] == {"channel_market"}
    assert pools["destination__purchasing"] == {"channel_purchasing"}
    checks = {key.name for key in graph.asset_check_keys if key.asset_key == destination_key("shop_stock")}
    assert checks == {"sent_rows_acknowledged", "nothing_long_in_doubt", "shows_what_was_written"}


def test_two_destinations_of_one_channel_share_its_pool(shop: Shop) -> None:
    file = shop.world.home / "tallyhouse.toml"
    more = '[destinations.files]\nkind = "shopify_inventory_csv"\naccount = "shop"\nlocation = "Main"\n'
    file.write_text(file.read_text("utf-8") + more, encoding="utf-8")
    job = definitions(CompanyHome(home=str(shop.world.home))).resolve_job_def("push_exports_job")
    pools = {node.name: node.definition.pools for node in job.graph.nodes if node.name.startswith("destination__")}
    assert pools == {"destination__shop_api": {"channel_shop"}, "destination__files": {"channel_shop"}}


def test_a_home_without_a_destination_has_a_report_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "tallyhouse.toml").write_text('environment = "test"\n[company]\nname = "Tiny"\n')
    result = run(tmp_path)
    assert result.success
    assert metadata(result, PUSH_REPORT_KEY)["destinations"] == {}
    assert failed_checks(result) == {}


def test_a_scheduled_push_sends_by_itself_where_policy_allows(shop: Shop) -> None:
    publish_levels(shop, SKU1=4, SKU2=12)
    result = run(shop.world.home)
    assert result.success
    assert failed_checks(result) == {}
    assert (shop.shop.levels["SKU-1"], shop.shop.levels["SKU-2"]) == (4, 12)
    told = metadata(result, SHOP)
    assert (told["state"], told["sent"], told["awaited"]) == ("up_to_date", 2, "")
    assert shop.query("select requested_by from push_run") == [(None,)]
    assert metadata(run(shop.world.home), SHOP)["unchanged"] == 2


@pytest.mark.parametrize("changes", [{"push": "push = false"}, {"location": 'location = "1"\nunattended = false'}])
def test_where_policy_wants_a_person_it_waits_and_nothing_has_failed(shop: Shop, changes: dict[str, str]) -> None:
    configure(shop, **changes)
    publish_levels(shop, SKU1=4)
    result = run(shop.world.home)
    assert result.success
    assert shop.front.ledger == []
    told = metadata(result, SHOP)
    assert (told["state"], told["awaited"]) == ("waits_for_person", "tallyhouse push apply --destination shop_api")
    assert failed_checks(result) == {("report", "nothing_waits_for_a_person"): "WARN"}


def test_a_plan_that_a_guard_holds_waits_for_an_approval(shop: Shop) -> None:
    levels = {f"SKU{n}": 10 for n in range(1, 31)}
    shop.shop.levels |= {f"SKU-{n}": 10 for n in range(1, 31)}
    publish_levels(shop, **levels)
    run(shop.world.home)
    publish_levels(shop, **dict.fromkeys(levels, 0))
    result = run(shop.world.home)
    assert result.success
    told = metadata(result, SHOP)
    assert told["state"] == "waits_for_approval"
    assert told["awaited"].startswith("tallyhouse push approve ")
    assert failed_checks(result) == {("report", "nothing_waits_for_a_person"): "WARN"}
    assert shop.shop.levels["SKU-1"] == 10
    run(shop.world.home)
    assert shop.query("select count(*) from push_run where status = 'held'") == [(1,)]


def test_a_row_that_is_long_in_doubt_fails_its_check_and_drift_is_told(shop: Shop) -> None:
    publish_levels(shop, SKU1=4, SKU2=5)
    run(shop.world.home)
    with open_store(shop.world.paths.ops) as store, store.transaction() as connection:
        connection.execute("update push_intent set status = 'ambiguous' where row_key = 'shop-1'")
        connection.execute(
            "update push_attempt set status = 'ambiguous', started_at = '2026-01-01T00:00:00.000000Z',"
            " drain_until = '2026-01-01T00:01:00.000000Z' where attempt_id ="
            " (select attempt_id from push_intent where row_key = 'shop-1')"
        )
        connection.execute(
            "insert into channel_observation (destination, row_key, quantity, expected_quantity, cause, drift, observed_at)"
            " values ('shop_api', 'shop-2', 7, 5, 'reconcile', 'higher_than_written', '2099-01-01T00:00:00.000000Z')"
        )
    shop.front.read_faults = [Fault("no", "reset")] * 50
    result = run(shop.world.home, SHOP)
    assert failed_checks(result) == {
        ("shop_api", "sent_rows_acknowledged"): "WARN",
        ("shop_api", "nothing_long_in_doubt"): "ERROR",
        ("shop_api", "shows_what_was_written"): "WARN",
    }
    shop.front.read_faults = []
    again = failed_checks(run(shop.world.home, SHOP))
    assert ("shop_api", "nothing_long_in_doubt") not in again


def test_a_push_reads_a_part_of_the_rows_back_and_says_why_they_differ(shop: Shop) -> None:
    settings = shop.world.home / "tallyhouse.toml"
    settings.write_text(settings.read_text("utf-8") + "[limits]\nmax_unit_delta_rate = 1000\n", encoding="utf-8")
    publish_levels(shop, SKU1=4, SKU2=5)
    run(shop.world.home)
    shop.shop.levels |= {"SKU-1": 9, "SKU-2": 9}
    with open_store(shop.world.paths.ops) as store, store.transaction() as connection:
        connection.execute("update reading_round set read_at = '2026-01-01T00:00:00.000000Z'")
    told = run(shop.world.home)
    assert metadata(told, SHOP)["read_back"] == 2
    assert metadata(told, SHOP)["read_back_differs"] == "2 foreign_edit"
    assert failed_checks(told) == {("shop_api", "shows_what_was_written"): "WARN"}
    assert failed_checks(run(shop.world.home)) == {}
    assert (shop.shop.levels["SKU-1"], shop.shop.levels["SKU-2"]) == (4, 5)


def test_a_refused_key_is_no_quiet_hold(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_levels(shop, SKU1=4)
    monkeypatch.setenv("EMULATED_KEY", SHOPIFY.wrong_secret)
    for state in ("failed", "left_alone"):
        result = run(shop.world.home)
        assert metadata(result, SHOP)["state"] == state
        assert failed_checks(result) == {("report", "pushes_went_through"): "ERROR"}


class TestSeveral:
    """Two file destinations beside each other, each an asset of its own."""

    @pytest.fixture
    def home(self, tmp_path: Path) -> Path:
        (tmp_path / "tallyhouse.toml").write_text(TOML + "[limits]\nmax_unit_delta_rate = 1000\n")
        Paths(tmp_path).create()
        return tmp_path

    def pushed(self, home: Path, market: int, web: int) -> dg.ExecuteInProcessResult:
        shared = {"sku_id": "S1"}
        publish_stock(Paths(home), [stock("market", 1, market, **shared), stock("web", 1, web, **shared)])
        return run(home)

    def shown(self, home: Path) -> dict[str, int]:
        with open_store(Paths(home).ops) as store:
            rows = store.query("select destination, json_extract(payload_json, '$.quantity') from channel_shadow")
        return {str(name): int(number) for name, number in rows}

    def test_what_goes_down_leaves_before_anything_goes_up(self, home: Path) -> None:
        self.pushed(home, market=3, web=9)
        result = self.pushed(home, market=8, web=4)
        assert result.success
        assert self.shown(home) == {"market_stock": 8, "web_stock": 4}
        assert metadata(result, DECREASES_KEY)["sent"] == 1
        with open_store(Paths(home).ops) as store:
            order = store.query("select destination from push_attempt order by attempt_id")
            runs = store.query("select count(*) from push_run where destination = 'web_stock'")
        assert order[-2:] == [("web_stock",), ("market_stock",)]
        # the run that lowered is the run that its own asset finished
        assert runs == [(2,)]

    def test_what_another_destination_still_shows_too_much_of_is_not_raised(self, home: Path) -> None:
        self.pushed(home, market=3, web=9)
        publish_stock(Paths(home), [stock("market", 1, 8, sku_id="S1"), stock("web", 1, 4, sku_id="S1")])
        with open_store(Paths(home).ops) as store:
            set_kill_switch(store, "destination", "web_stock", engaged=True, reason="wrong numbers", actor=ANA)
        result = run(home)
        assert failed_checks(result)["report", "pushes_went_through"] == "ERROR"
        assert self.shown(home) == {"market_stock": 3, "web_stock": 9}
        with open_store(Paths(home).ops) as store:
            reasons = store.query(
                "select reason from push_intent where destination = 'market_stock' order by rowid desc limit 1"
            )
        assert reasons == [("decrease_pending",)]

    def test_one_destination_that_fails_stops_no_other(self, home: Path) -> None:
        text = (home / "tallyhouse.toml").read_text()
        broken = (
            '[destinations.broken]\nkind = "woocommerce_stock_api"\naccount = "web"\nurl = "http://127.0.0.1:1"\n'
            'secret_env = "NO_SUCH_SECRET"\n'
        )
        (home / "tallyhouse.toml").write_text(text + broken)
        result = self.pushed(home, market=3, web=9)
        assert not result.success
        assert self.shown(home) == {"market_stock": 3, "web_stock": 9}
        failed = {event.step_key for event in result.get_step_failure_events()}
        assert failed == {"destination__broken"}
