"""What a channel is told of a parcel, and what it is not told: each unit once, and none that is not to leave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulators.front import Answer, Fault
from tests.reverse_etl.dispatch import AMAZON, KINDS, SHOPIFY, SHOPIFY_BY_NAME, WOOCOMMERCE, Dispatch, long_ago

HALF, REST = ("1", "SKU-1", "T1", 2), ("1", "SKU-1", "T2", 1)
TWIN = ("1", "SKU-2", "T1", 2)


@pytest.fixture(params=(*KINDS, SHOPIFY_BY_NAME), ids=lambda kind: f"{kind.kind}:{kind.channel_order_id('1')}")
def dispatch(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dispatch]:
    monkeypatch.setenv("EMULATED_KEY", request.param.secret)
    found = Dispatch(tmp_path / "home", request.param)
    with found.front:
        yield found


def only(*kinds: object) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("dispatch", kinds, indirect=True, ids=lambda kind: kind.kind)


def test_a_part_is_told_as_a_part_and_the_rest_when_it_leaves(dispatch: Dispatch) -> None:
    assert dispatch.bring(HALF) == 1
    assert dispatch.channel.effects == [HALF]
    assert dispatch.bring(HALF, REST) == 2
    assert dispatch.channel.effects == [HALF, REST]
    assert dispatch.push(HALF, REST).sent == 0
    dispatch.assert_sound()


def test_the_lines_of_one_parcel_leave_in_one_request(dispatch: Dispatch) -> None:
    assert dispatch.bring(HALF, TWIN) == 2
    assert len(dispatch.front.writes) == 1
    assert sorted(dispatch.channel.effects) == [HALF, TWIN]


def test_several_parcels_of_one_order_are_each_told_once(dispatch: Dispatch) -> None:
    assert dispatch.bring(HALF, REST, TWIN, ("2", "SKU-1", "T3", 1)) == 4
    assert sorted(dispatch.channel.effects) == sorted([HALF, REST, TWIN, ("2", "SKU-1", "T3", 1)])
    dispatch.assert_sound()


def test_a_line_that_joins_a_parcel_later_is_told_alone(dispatch: Dispatch) -> None:
    dispatch.bring(HALF)
    assert dispatch.bring(HALF, TWIN) == 2
    assert dispatch.channel.effects == [HALF, TWIN]


def test_what_somebody_told_already_is_confirmed_without_a_write(dispatch: Dispatch) -> None:
    dispatch.bring(HALF)
    dispatch.world.paths.ops.unlink()
    asked = len(dispatch.front.writes)
    assert dispatch.push(HALF).sent == 1
    assert len(dispatch.front.writes) == asked
    assert dispatch.query("select evidence from push_intent") == [("read_back",)]


def test_a_number_written_in_another_way_is_the_same_parcel(dispatch: Dispatch) -> None:
    dispatch.bring(("1", "SKU-1", "1z 9", 2))
    dispatch.world.paths.ops.unlink()
    assert dispatch.bring(("1", "SKU-1", "1Z9", 2)) == 1
    assert len(dispatch.channel.effects) == 1


def test_another_number_of_units_under_the_same_number_is_left_to_a_person(dispatch: Dispatch) -> None:
    dispatch.bring(HALF)
    dispatch.world.paths.ops.unlink()
    dispatch.push(("1", "SKU-1", "T1", 3))
    assert dispatch.reasons()["T1/SKU-1"] == ("held", "there_already: 2")


def test_what_was_called_off_since_the_build_is_not_told(dispatch: Dispatch) -> None:
    whole = dispatch.row(("2", "SKU-1", "T3", 1))
    part = dispatch.row(("1", "SKU-1", "T1", 3))
    dispatch.channel.cancel("2", "SKU-1", 1)
    dispatch.channel.cancel("1", "SKU-1", 1)
    assert dispatch.bring(whole, part, dispatch.row(TWIN, tracking_number="T8", confirmation_id="x/T8/SKU-2")) <= 1
    reasons = dispatch.reasons()
    assert str(reasons["T3/SKU-1"][1]).startswith("not_open")
    assert str(reasons["T1/SKU-1"][1]).startswith("not_open")
    assert dispatch.channel.told("2", "SKU-1") == dispatch.channel.told("1", "SKU-1") == 0
    dispatch.assert_sound()


def test_more_than_is_open_is_not_told(dispatch: Dispatch) -> None:
    dispatch.push(("2", "SKU-1", "T3", 2))
    assert dispatch.reasons()["T3/SKU-1"] == ("held", "not_open: 1 of 2")
    assert dispatch.channel.effects == []


@only(SHOPIFY, AMAZON)
def test_what_somebody_fulfilled_by_hand_is_not_told_again(dispatch: Dispatch) -> None:
    dispatch.channel.fulfil_by_hand("1", "SKU-1", 1)
    dispatch.push(HALF, TWIN)
    assert dispatch.reasons()["T1/SKU-1"] == ("held", "told_elsewhere: 1")
    # the next export of the channel says so, and the build counts that unit off against another parcel
    dispatch.bring(dispatch.row(HALF, elsewhere_listing_qty=1), TWIN)
    assert sorted(dispatch.channel.effects) == [("1", "SKU-1", "", 1), HALF, TWIN]


@pytest.mark.parametrize("what", ["order", "line"])
def test_what_the_channel_does_not_have_is_held(dispatch: Dispatch, what: str) -> None:
    dispatch.channel.unknown.add("2")
    dispatch.push(("2", "SKU-1", "T3", 1) if what == "order" else ("1", "SKU-7", "T3", 1), HALF)
    assert dispatch.reasons()["T3/SKU-1" if what == "order" else "T3/SKU-7"] == ("held", "mapping_missing")
    assert dispatch.bring(HALF) == 1


def test_rows_that_are_never_to_be_told_say_why(dispatch: Dispatch) -> None:
    dispatch.push(
        dispatch.row(("1", "SKU-1", "T1", 1), carrier_code=None),
        dispatch.row(("1", "SKU-1", "T2", 1), shipped_at=long_ago(-1)),
        dispatch.row(("1", "SKU-1", "T3", 1), shipped_at=long_ago(31)),
        dispatch.row(("1", "SKU-1", "T4", 0)),
    )
    assert {key: (status, str(reason).split(":")[0]) for key, (status, reason) in dispatch.reasons().items()} == {
        "T1/SKU-1": ("held", "mapping_carrier"),
        "T2/SKU-1": ("held", "shipped_in_future"),
        "T3/SKU-1": ("held", "shipped_long_ago"),
        "T4/SKU-1": ("rejected", "invalid_payload"),
    }
    assert dispatch.front.ledger == []


def test_a_backlog_is_held_until_somebody_has_looked(dispatch: Dispatch) -> None:
    rows = [dispatch.row(("1", "SKU-1", f"T{n}", 1)) for n in range(501)]
    (run,) = dispatch.push(*rows).destinations
    assert (run.status, run.reason) == ("held", "handed_over_rows: limit 500 rows, observed 501 rows")
    assert dispatch.front.ledger == []


def test_carriers_that_nobody_mapped_hold_the_run_when_they_are_many(dispatch: Dispatch) -> None:
    rows = [dispatch.row(("1", "SKU-1", f"T{n}", 1), carrier_code=None if n < 11 else "UPS") for n in range(40)]
    assert str(dispatch.push(*rows).destinations[0].reason).startswith("unmapped_rows: limit 2.0%")


@only(SHOPIFY)
def test_shopify_parts_a_parcel_by_location_and_says_whether_customers_are_told(dispatch: Dispatch) -> None:
    dispatch.channel.second_place.add("SKU-2")
    dispatch.more = "notifies_customers = false"
    assert dispatch.bring(HALF, TWIN) == 2
    assert len(dispatch.front.writes) == 2
    assert dispatch.channel.notified == [False, False]
    wanted = dispatch.front.writes[0].asked.json()["variables"]["fulfillment"]
    assert wanted["trackingInfo"] == {"number": "T1", "company": "UPS"}


@only(SHOPIFY)
def test_an_order_that_moved_between_reading_and_telling_is_read_again(dispatch: Dispatch) -> None:
    error = {"field": ["fulfillment"], "message": "Invalid fulfillment order line item quantity requested."}
    answer = Answer.of({"data": {"fulfillmentCreate": {"fulfillment": None, "userErrors": [error]}}})
    dispatch.front.write_faults = [Fault("no", answer)]
    assert dispatch.bring(HALF) == 1
    assert len(dispatch.front.writes) == 2
    other = {"field": ["fulfillment"], "message": "Tracking number is too long!"}
    dispatch.front.write_faults = [
        Fault("no", Answer.of({"data": {"fulfillmentCreate": {"fulfillment": None, "userErrors": [other]}}}))
    ]
    dispatch.push(HALF, REST)
    assert dispatch.reasons()["T2/SKU-1"] == ("rejected", "tracking_number_is_too_long")


@only(SHOPIFY)
def test_an_order_with_more_fulfilments_than_were_asked_for_is_left_alone(dispatch: Dispatch) -> None:
    node = {
        "id": "gid://shopify/Fulfillment/9",
        "status": "SUCCESS",
        "trackingInfo": [],
        "fulfillmentLineItems": {"nodes": []},
    }
    dispatch.channel.fulfilments = [{"order": "1", "node": node}] * 10
    assert dispatch.push(HALF).sent == 0
    assert dispatch.front.writes == []


@only(AMAZON)
def test_amazon_is_asked_for_no_person_and_gives_the_parcel_a_number_of_its_own(dispatch: Dispatch) -> None:
    dispatch.bring(HALF, REST)
    reads = {entry.asked.path.partition("?")[2] for entry in dispatch.front.ledger if not entry.asked.is_write}
    assert reads - {""} == {"includedData=FULFILLMENT,PACKAGES"}
    packages = [entry.asked.json()["packageDetail"] for entry in dispatch.front.writes]
    assert [package["shipDate"] for package in packages] == ["2026-11-20T01:00:00+00:00"] * 2
    assert len({package["packageReferenceId"] for package in packages}) == 2


@only(AMAZON)
def test_a_confirmation_that_amazon_delivers_twice_counts_once(dispatch: Dispatch) -> None:
    dispatch.front.write_faults = [Fault("twice", "answer")]
    assert dispatch.bring(HALF) == 1
    assert dispatch.channel.effects == [HALF]


@only(AMAZON)
def test_a_confirmation_that_is_sent_again_names_the_same_package(dispatch: Dispatch) -> None:
    dispatch.front.write_faults = [Fault("no", "reset")]
    assert dispatch.bring(HALF) == 1
    packages = [entry.asked.json()["packageDetail"]["packageReferenceId"] for entry in dispatch.front.writes]
    assert len(packages) == 2
    assert len(set(packages)) == 1


@only(AMAZON)
def test_taken_is_not_shown(dispatch: Dispatch) -> None:
    dispatch.channel.ignored.add("1")
    dispatch.push(HALF)
    assert dispatch.reasons()["T1/SKU-1"] == ("ambiguous", "accepted")
    dispatch.clock.sleep(3600)
    dispatch.push(HALF)
    assert dispatch.query("select status, reason from push_intent order by rowid limit 1") == [
        ("held", "not_applied: shows None")
    ]
    assert dispatch.query("select 1 from channel_shadow") == []


@only(AMAZON)
def test_what_amazon_fulfils_is_none_of_ours(dispatch: Dispatch) -> None:
    dispatch.channel.by_channel.add("1")
    dispatch.push(HALF)
    assert dispatch.reasons()["T1/SKU-1"] == ("held", "mapping_fulfilled_by_channel")


@only(WOOCOMMERCE)
def test_an_order_is_completed_when_all_that_is_due_has_left(dispatch: Dispatch) -> None:
    dispatch.bring(HALF, TWIN)
    assert dispatch.channel.statuses == {}
    dispatch.bring(HALF, TWIN, REST)
    assert dispatch.channel.statuses == {"1": "completed"}
    listed = dispatch.channel.data["1"]["_wc_shipment_tracking_items"]
    assert [row["tracking_number"] for row in listed] == ["T1", "T2"]


@only(WOOCOMMERCE)
def test_no_person_comes_back_from_a_shop(dispatch: Dispatch) -> None:
    dispatch.bring(HALF)
    asked = {entry.asked.path.partition("?")[2] for entry in dispatch.front.ledger}
    assert asked == {"_fields=id,status,line_items,meta_data,refunds"}


@only(WOOCOMMERCE)
def test_an_update_that_arrives_twice_changes_nothing_and_keeps_what_others_listed(dispatch: Dispatch) -> None:
    dispatch.channel.data["1"] = {"_wc_shipment_tracking_items": [{"tracking_number": "BY HAND"}], "other": 1}
    dispatch.front.write_faults = [Fault("twice", "answer")]
    assert dispatch.bring(HALF) == 1
    assert dispatch.channel.effects == [HALF]
    listed = dispatch.channel.data["1"]["_wc_shipment_tracking_items"]
    assert [row["tracking_number"] for row in listed] == ["BY HAND", "T1"]
    assert dispatch.channel.data["1"]["other"] == 1
