"""What only Amazon's feeds do: a document carried elsewhere, a report that names refused messages, and changes applied later."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from tests.emulators.front import Answer, Asked, Fault
from tests.reverse_etl.channels import AMAZON_FEED, Shop

SCHEMAS = Path(__file__).resolve().parents[3] / "shared" / "data" / "schemas"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("EMULATED_KEY", AMAZON_FEED.secret)
    found = Shop(tmp_path / "home", AMAZON_FEED)
    with found.front:
        yield found


def states(shop: Shop) -> dict[str, tuple[object, object]]:
    rows = shop.query("select row_key, status, reason from push_intent order by rowid")
    return {str(key): (status, reason) for key, status, reason in rows}


def document(shop: Shop) -> dict[str, object]:
    return json.loads(next(content for name, content in shop.shop.documents.items() if name.startswith("in-")))


@pytest.mark.parametrize("packs", [True, False])
def test_many_rows_leave_in_one_feed_and_are_confirmed_by_their_listings(shop: Shop, packs: bool) -> None:
    shop.shop.packs = packs
    shop.shop.invalid = {"SKU-2": "90220"}
    report = shop.push(SKU1=3, SKU2=4, SKU3=14)
    assert (report.sent, report.rejected) == (0, 1)
    assert states(shop)["shop-2"] == ("rejected", "amazon_90220")
    assert states(shop)["shop-1"] == ("ambiguous", "accepted: 50000000001")
    assert shop.clock.seconds < 90
    shop.clock.sleep(3700)
    assert shop.push(SKU1=3, SKU3=14).unchanged == 2
    assert shop.shop.effects == [("SKU-1", 10, 3), ("SKU-3", 10, 14)]
    assert len(shop.front.writes) == 1
    shop.assert_sound()


@pytest.mark.parametrize(
    "issue",
    [
        {"messageId": 1, "sku": "SKU-9", "code": "1", "severity": "ERROR", "message": "another SKU"},
        {"messageId": 9, "sku": "SKU-1", "code": "1", "severity": "ERROR", "message": "another message"},
        {"sku": "SKU-1", "code": "1", "severity": "ERROR", "message": "no message"},
        {"messageId": 1, "sku": "SKU-1", "code": "1", "severity": "WARNING", "message": "a warning"},
    ],
)
def test_an_issue_that_does_not_name_message_and_sku_refuses_nothing(shop: Shop, issue: dict[str, object]) -> None:
    shop.shop.strange_issues = [issue]
    assert shop.push(SKU1=3).rejected == 0
    assert shop.bring(SKU1=3) == 1


@pytest.mark.parametrize("ends", ["CANCELLED", "FATAL"])
def test_a_feed_that_ended_badly_is_read_back_after_its_time(shop: Shop, ends: str) -> None:
    shop.shop.ends = ends
    shop.push(SKU1=3)
    assert states(shop)["shop-1"][0] == "ambiguous"
    shop.shop.ends = "DONE"
    assert shop.bring(SKU1=3) == 1
    assert (shop.shop.effects, len(shop.front.writes)) == ([("SKU-1", 10, 3)], 2)


def test_done_is_not_applied(shop: Shop) -> None:
    shop.shop.ignored = {"SKU-1"}
    shop.push(SKU1=3)
    shop.clock.sleep(3700)
    shop.push(SKU1=3)
    assert shop.query("select reason from push_intent order by rowid limit 1") == [("not_applied: shows 10",)]


@pytest.mark.parametrize("reply", ["reset", Answer(403), Answer(500)])
def test_a_document_that_cannot_be_put_starts_no_feed(shop: Shop, reply: str | Answer) -> None:
    shop.front.always = lambda asked: Fault("no", reply) if asked.method == "PUT" else None
    assert shop.push(SKU1=3).held == 1
    assert shop.front.writes == []
    assert str(states(shop)["shop-1"][1]).startswith("unreachable")
    shop.front.always = lambda asked: None
    assert shop.bring(SKU1=3) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b"not packed",
        gzip.compress(b"[]"),
        gzip.compress(b'{"summary": {}, "issues": 3}'),
        gzip.compress(b"{}" * 9)[:-6],
    ],
    # packed bytes hold the second they were packed in, which no two processes share
    ids=["not packed JSON", "not packed", "no report", "issues of another kind", "cut short"],
)
def test_a_report_that_cannot_be_read_decides_nothing_until_the_listings_do(shop: Shop, content: bytes) -> None:
    def garbled(asked: Asked) -> Fault | None:
        return Fault("no", Answer(200, content)) if asked.path.startswith("/kept/out") else None

    shop.front.always = garbled
    shop.push(SKU1=3)
    assert states(shop)["shop-1"][0] == "ambiguous"
    shop.clock.sleep(3700)
    assert shop.push(SKU1=3).unchanged == 1
    assert len(shop.front.writes) == 1


def test_a_document_in_clear_text_elsewhere_is_not_sent(shop: Shop) -> None:
    place = {"feedDocumentId": "in-0", "url": "http://elsewhere.example/kept"}
    shop.front.always = lambda asked: Fault("no", Answer.of(place, 201)) if asked.path.endswith("/documents") else None
    assert shop.push(SKU1=3).held == 1
    assert states(shop)["shop-1"][1] == "unreachable: a document's address is in clear text"


def test_documents_keep_to_the_published_schemas(shop: Shop) -> None:
    names = ("amazon_listings-feed-schema-v2.json", "amazon_listings-feed-processing-report-schema-v2.json")
    if not all((SCHEMAS / name).is_file() for name in names):
        pytest.skip("reference schemas absent")
    feed, report = (json.loads((SCHEMAS / name).read_text(encoding="utf-8")) for name in names)
    shop.shop.packs, shop.shop.invalid = False, {"SKU-2": "90220"}
    shop.push(SKU1=3, SKU2=4)
    jsonschema.validate(document(shop), feed)
    jsonschema.validate(json.loads(shop.shop.documents["out-50000000001"]), report)
    definitions = json.loads((SCHEMAS / "amazon_feeds_2021-06-30.json").read_text(encoding="utf-8"))["definitions"]
    asked = {"$ref": "#/definitions/CreateFeedSpecification", "definitions": definitions}
    jsonschema.validate(shop.front.writes[0].asked.json(), asked)
    answered = {"$ref": "#/definitions/Feed", "definitions": definitions}
    jsonschema.validate(shop.shop.feeds["50000000001"], answered)
