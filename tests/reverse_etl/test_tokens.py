"""Short-lived tokens: fetched when needed, renewed before they end and once when refused, and never a storm of requests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import company
from reverse_etl.api_facts import TokenFacts
from reverse_etl.tokens import Credentials, CredentialsError, token_of
from reverse_etl.wire import Response
from tests.emulators.front import Answer, Asked, Fault
from tests.reverse_etl.channels import EBAY, Shop

REFRESHED = TokenFacts("https://tokens.example", "refresh_token", "form")
CLIENT_ONLY = TokenFacts("https://tokens.example", "client_credentials", "basic")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("EMULATED_KEY", EBAY.secret)
    found = Shop(tmp_path / "home", EBAY)
    with found.front:
        yield found


def fetched(shop: Shop) -> int:
    return sum(shop.shop.office.takes(entry.asked) for entry in shop.front.ledger)


def test_a_token_is_fetched_once_for_a_push(shop: Shop) -> None:
    shop.push(SKU1=3, SKU2=4, SKU3=12)
    assert fetched(shop) == 1


def test_a_token_is_fetched_again_before_it_ends(shop: Shop) -> None:
    shop.shop.office.lifetime = 300
    shop.front.write_faults = [Fault("no", Answer(429, b"", {"retry-after": "60"}))] * 3
    shop.push(SKU1=3)
    shop.clock.sleep(200)
    assert shop.push(SKU1=3, SKU2=4).unchanged == 1
    assert 2 <= fetched(shop) <= 3
    assert shop.shop.levels["SKU-2"] == 4


def test_a_token_that_is_refused_is_renewed_once_and_the_row_goes_on(shop: Shop) -> None:
    def revoke(asked: Asked) -> None:
        if asked.is_write and not revoked:
            revoked.append(1)
            shop.shop.office.given.clear()

    revoked: list[int] = []
    shop.front.always = revoke
    assert shop.push(SKU1=3).sent == 1
    assert fetched(shop) == 2
    assert len(shop.front.writes) == 2
    assert shop.query("select state from breaker") in ([], [("closed",)])
    shop.assert_sound()


def test_a_right_that_is_missing_ends_in_the_breaker_after_one_renewal(shop: Shop) -> None:
    shop.shop.office.lacks_right = True
    report = shop.push(SKU1=3, SKU2=4)
    assert (report.sent, report.held) == (0, 2)
    assert fetched(shop) == 2
    assert shop.query("select state from breaker") == [("auth",)]
    asked = len(shop.front.ledger)
    shop.push(SKU1=3)
    assert len(shop.front.ledger) == asked


def test_a_right_to_write_that_is_missing_is_no_storm_either(shop: Shop) -> None:
    shop.front.write_faults = [Fault("no", Answer(403))] * 50
    report = shop.push(SKU1=3, SKU2=4)
    assert (report.sent, report.held) == (0, 2)
    assert (fetched(shop), len(shop.front.writes)) == (2, 2)
    assert shop.query("select state from breaker") == [("auth",)]


@pytest.mark.parametrize(
    "reply",
    [
        "reset", Answer(500), Answer(429), Answer(200, b"{}"), Answer(200, b"<html>", {"content-type": "text/html"}),
        Answer(200, b'{"access_token": "a b", "expires_in": 60}'), Answer(200, b'{"access_token": "a", "expires_in": 0}'),
    ],
)  # fmt: skip
def test_without_a_token_nothing_is_asked_or_written(shop: Shop, reply: str | Answer) -> None:
    shop.front.always = lambda asked: Fault("no", reply) if shop.shop.office.takes(asked) else None
    assert shop.push(SKU1=3).held == 1
    assert str(shop.reasons()["shop-1"][1]).startswith("unreachable")
    assert all(shop.shop.office.takes(entry.asked) for entry in shop.front.ledger)
    shop.front.always = lambda asked: None
    assert shop.push(SKU1=3).sent == 1


@pytest.mark.parametrize("secret", ["plain", "[]", '{"client_id": "a"}', '{"client_id": "a", "client_secret": "b"}'])
def test_a_secret_that_is_no_set_of_credentials_is_named_without_being_shown(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("EMULATED_KEY", secret)
    with pytest.raises(company.ConfigurationError, match="client_id, client_secret, refresh_token") as error:
        shop.push(SKU1=3)
    assert secret not in str(error.value)


@given(st.text())
def test_any_secret_is_read_or_refused_without_being_shown(secret: str) -> None:
    with pytest.raises(CredentialsError) as error:
        Credentials.of(secret, REFRESHED)
    assert len(secret) < 8 or secret not in str(error.value)


def test_credentials_and_tokens_show_nothing_of_themselves() -> None:
    secret = json.dumps({"client_id": "who", "client_secret": "what", "refresh_token": "how", "more": 1})
    assert repr(Credentials.of(secret, REFRESHED)) == "Credentials()"
    assert Credentials.of(secret, CLIENT_ONLY).refresh_token is None
    body = b'{"access_token": "shown-to-nobody", "expires_in": 60}'
    assert "shown-to-nobody" not in repr(token_of(Response(200, {"content-type": "application/json"}, body)))


@given(st.binary(max_size=200))
def test_any_answer_is_a_token_or_an_error(body: bytes) -> None:
    with pytest.raises(ValueError, match="in the answer"):
        token_of(Response(200, {"content-type": "application/json"}, body))


def test_a_token_address_in_clear_text_is_refused() -> None:
    with pytest.raises(ValueError, match="clear text"):
        company.Destination(
            kind="ebay_stock_api", account="shop", url="https://a.example", marketplace="EBAY_US",
            secret_env="KEY", token_url="http://b.example/token",
        )  # fmt: skip
