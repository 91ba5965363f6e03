"""`tallyhouse.toml`: what is accepted, and what a wrong file is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from company import ConfigurationError, Environment, load_settings

GOOD = """
[company]
name = "Example Outfitters"
base_currency = "USD"
time_zone = "America/New_York"

[accounts.shop_us]
system = "shopify"
time_zone = "America/New_York"
currency = "USD"
[accounts.shop_us.locations]
"Main warehouse" = "OWN1"

[accounts.shop_eu]
system = "shopify"
time_zone = "Europe/Berlin"
currency = "EUR"
tax_basis = "inclusive"

[accounts.wms]
system = "house"

[destinations.shop_us_stock]
kind = "shopify_inventory_csv"
account = "shop_us"
location = "Main warehouse"

[environments]
demo = { push = true }
local = {}
prod = { push = true, schedule = true }
test = {}
"""


def write(home: Path, text: str) -> Path:
    (home / "tallyhouse.toml").write_text(text, encoding="utf-8")
    return home


def test_two_accounts_of_one_system_are_normal(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, GOOD))
    assert [name for name, account in settings.accounts.items() if account.system == "shopify"] == [
        "shop_us",
        "shop_eu",
    ]
    assert settings.accounts["shop_eu"].tax_basis == "inclusive"
    assert settings.home == tmp_path.resolve()


def test_a_house_account_sells_only_when_it_says_so(tmp_path: Path) -> None:
    text = GOOD + '\n[accounts.web]\nsystem = "house"\nis_sales_channel = true\n'
    settings = load_settings(write(tmp_path, text))
    assert {name: account.sells for name, account in settings.accounts.items()} == {
        "shop_us": True, "shop_eu": True, "wms": False, "web": True,
    }  # fmt: skip


def test_nothing_is_pushed_or_scheduled_unless_the_environment_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, GOOD)
    local = load_settings(tmp_path)
    assert (local.environment, local.may_push, local.may_schedule) == (Environment.LOCAL, False, False)
    monkeypatch.setenv("TALLYHOUSE_ENVIRONMENT", "prod")
    prod = load_settings(tmp_path)
    assert (prod.environment, prod.may_push, prod.may_schedule) == (Environment.PROD, True, True)


def test_an_environment_variable_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, GOOD + "\n[limits]\nkeep_serving = 3\n")
    monkeypatch.setenv("TALLYHOUSE__LIMITS__KEEP_SERVING", "5")
    assert load_settings(tmp_path).limits.keep_serving == 5


@pytest.mark.parametrize(
    ("broken", "key", "reason"),
    [
        (GOOD.replace("base_currency", "base_curency"), "company.base_curency", "unknown key"),
        (GOOD.replace("America/New_York", "New York"), "company.time_zone", "not an IANA time zone"),
        (GOOD.replace('currency = "EUR"', 'currency = "euro"'), "accounts.shop_eu.currency", "not an ISO 4217"),
        (
            GOOD.replace('account = "shop_us"', 'account = "shop_uk"'),
            "destinations.shop_us_stock",
            "accounts are: shop_eu",
        ),
        (GOOD.replace('location = "Main warehouse"\n', ""), "destinations.shop_us_stock", "needs `location`"),
        (
            GOOD.replace('location = "Main', 'approved_there = true\nlocation = "Main'),
            "destinations.shop_us_stock",
            "approves nothing",
        ),
        (GOOD.replace("prod = { push = true, schedule = true }\n", ""), "environments", "missing: prod"),
        (GOOD.replace('system = "house"', 'system = "sap"'), "accounts.wms.system", "'stripe' or 'house'"),
        (GOOD + "\n[limits]\nmax_reject_rate = 2\n", "limits.max_reject_rate", "less than or equal to 1"),
        (GOOD.replace("[company]\nname", "[company]\nnome"), "company.name", "Field required"),
    ],
)
def test_an_error_names_file_key_reason_and_fix(tmp_path: Path, broken: str, key: str, reason: str) -> None:
    write(tmp_path, broken)
    with pytest.raises(ConfigurationError) as caught:
        load_settings(tmp_path)
    message = str(caught.value)
    assert "tallyhouse.toml: " in message
    assert key in message
    assert reason in message
    assert "Fix: " in message


def test_an_unknown_environment_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, GOOD)
    monkeypatch.setenv("TALLYHOUSE_ENVIRONMENT", "production")
    with pytest.raises(ConfigurationError, match="'demo', 'local', 'prod' or 'test'"):
        load_settings(tmp_path)


def test_a_missing_file_names_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="tallyhouse init"):
        load_settings(tmp_path)


def test_a_file_that_is_not_toml_names_the_line(tmp_path: Path) -> None:
    write(tmp_path, "[company\n")
    with pytest.raises(ConfigurationError, match="line 1"):
        load_settings(tmp_path)
