"""Two pushes at once, reading back, the mirror, and the command line."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest

from ops import (
    DRIFT_COLUMNS,
    PROPOSAL_COLUMNS,
    ROW_COLUMNS,
    RUN_COLUMNS,
    STATE_COLUMNS,
    PushBusyError,
    open_store,
    proposal_mirror,
    push_mirror,
)
from reverse_etl import Outbox, OutboxError, outbox_drift, push
from reverse_etl.__main__ import main
from tests.reverse_etl import campaign
from warehouse import writer
from warehouse.reference_store import OPS_TABLES, ensure_reference_tables, mirror_ops, mirror_proposals


def test_a_second_push_is_refused_while_one_runs_and_the_first_goes_on(world):
    world.publish([world.stock("market", n, 5) for n in range(3)])
    refused = []

    with world.connection() as connection:

        def push_again(progress):
            if progress.step == "planned":
                with pytest.raises(PushBusyError, match="is pushing") as caught:
                    push(world.settings, world.paths, connection, destinations=["market_stock"])
                refused.append(caught.value)

        report = push(world.settings, world.paths, connection, destinations=["market_stock"], on_progress=push_again)
    assert len(refused) == 1
    assert report.sent == 3
    assert len(world.files("market_stock")) == 1


def test_a_receipt_that_says_something_else_than_the_journal_stops_everything(tmp_path):
    home = campaign.make_home(tmp_path / "home")
    outbox = Outbox(home / "data" / "outbox")
    wanted, step = {"m1": 3}, 0
    while not outbox.manifests():
        step += 1
        try:
            campaign.push_once(home, wanted, campaign.Steps(step, campaign.killed))
        except campaign.Killed:
            continue
    with open_store(home / "data" / "ops" / "ops.sqlite") as store:
        assert store.query("select count(*) from push_attempt where status = 'sending'") == [(1,)]
    (path,) = (home / "data" / "outbox").rglob("*.manifest.json")
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "sha256": "0" * 64}), encoding="utf-8")
    with pytest.raises(OutboxError, match="other content than the journal"):
        campaign.push_once(home, wanted)


def test_a_file_where_the_outbox_has_a_folder_fails_that_destination_with_what_to_do(world):
    place = world.paths.outbox / "market_stock"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("somebody's notes", encoding="utf-8")
    world.publish([world.stock("market", 1, 5), world.stock("web", 1, 5)])
    report = world.push(destinations=["market_stock", "web_stock"])
    failed, other = report.destinations
    assert (failed.status, failed.sent, other.status, other.sent) == ("failed", 0, "succeeded", 1)
    for words in (str(place), "is no folder", "Move it away", "push again"):
        assert words in failed.reason
    assert place.read_text("utf-8") == "somebody's notes"
    place.unlink()
    assert world.push(destinations=["market_stock"]).sent == 1


def test_an_open_file_whose_folder_became_a_file_stops_everything_until_somebody_looks(tmp_path):
    home = campaign.make_home(tmp_path / "home")
    folder, step = home / "data" / "outbox" / "market_stock", 0
    while not list(folder.glob("*.manifest.json")):
        step += 1
        with suppress(campaign.Killed):
            campaign.push_once(home, {"m1": 3}, campaign.Steps(step, campaign.killed))
    folder.rename(folder.with_name("aside"))
    folder.write_text("", encoding="utf-8")
    with pytest.raises(OutboxError, match="is no folder"):
        campaign.push_once(home, {"m1": 3})
    folder.unlink()
    folder.with_name("aside").rename(folder)
    campaign.push_once(home, {"m1": 3})
    campaign.assert_converged(home, {"m1": 3})


def test_drift_between_outbox_and_journal_is_named(world):
    world.publish([world.stock("market", 1, 5)])
    world.push(destinations=["market_stock"])
    (data,) = world.files("market_stock")
    manifest = data.with_name(f"{data.name}.manifest.json")
    manifest.rename(data.with_name("foreign.json.manifest.json"))
    with open_store(world.paths.ops) as store:
        drift = outbox_drift(store, Outbox(world.paths.outbox))
    assert [(d.file_name, d.problem) for d in drift] == [
        (data.name, "receipt_missing"),
        ("foreign.json", "not_in_journal"),
    ]


def test_the_mirror_fits_the_tables_that_the_warehouse_keeps(world):
    world.publish([world.stock("market", 1, 5)], [world.proposal(1, 3)])
    world.push(destinations=["market_stock", "purchasing"])
    mirror = push_mirror(world.paths.ops)

    assert [tuple(name for name, _ in columns) for columns in OPS_TABLES.values()] == [
        RUN_COLUMNS,
        ROW_COLUMNS,
        STATE_COLUMNS,
        DRIFT_COLUMNS,
        PROPOSAL_COLUMNS,
    ]
    with writer(world.paths.warehouse) as connection:
        ensure_reference_tables(connection)
        mirror_ops(connection, *mirror)
        assert connection.execute(
            "select destination, status, planned_count, sent_count, build_id, as_of_at::varchar from ops.push_runs order by 1"
        ).fetchall() == [
            ("market_stock", "succeeded", 1, 1, "build1", "2026-11-20 06:00:00"),
            ("purchasing", "succeeded", 1, 1, "build1", "2026-11-20 06:00:00"),
        ]
        assert connection.execute("select count(*), max(generation) from ops.push_rows").fetchone() == (2, 1)
        assert connection.execute("select count(*) from ops.channel_state").fetchone() == (2,)
        mirror_proposals(connection, proposal_mirror(world.paths.ops))
        assert connection.execute(
            "select proposal_id, state, proposed_qty, order_qty, line_amount::varchar, approvals_needed_count, author"
            " from ops.purchase_proposals"
        ).fetchall() == [("P1", "sent", 3, 3, "7.5000", 0, "tallyhouse")]


@pytest.fixture
def served(world):
    """The world with a pointer to its published file, as a build leaves it."""

    def serve(*rows):
        world.publish(rows)
        pointer = {"file": world.serving.name, "build_id": "build1", "built_at": "2026-11-20T06:00:00+00:00",
                   "as_of": "2026-11-20T06:00:00+00:00", "checks": {}, "tables": {}}  # fmt: skip
        (world.paths.serving / "pointer.json").write_text(json.dumps(pointer), encoding="utf-8")

    world.serve = serve
    return world


def test_the_command_line_pushes_and_prints_the_report(served, capsys):
    served.serve(served.stock("market", 1, 5))
    assert main(["--home", str(served.home), "--destination", "market_stock"]) == 0
    assert json.loads(capsys.readouterr().out)["sent"] == 1


def test_the_command_line_says_when_a_guard_held_a_run_and_can_release_it(served, capsys):
    here = ["--home", str(served.home), "--destination", "market_stock"]
    served.serve(*(served.stock("market", n, 10) for n in range(40)))
    assert main(here) == 0
    served.serve(*(served.stock("market", n, 0 if n < 11 else 10) for n in range(40)))
    capsys.readouterr()
    assert main(here) == 1
    plan_hash = json.loads(capsys.readouterr().out)["destinations"][0]["plan_hash"]
    release = [*here, "--approve", plan_hash, "--actor", "ana"]
    assert main([*release, "--reason", "clearance"]) == 1
    assert "names nobody, and then nobody may approve" in capsys.readouterr().err
    settings = served.home / "tallyhouse.toml"
    settings.write_text(f'{settings.read_text("utf-8")}\n[people.ana]\nroles = ["approver"]\n', encoding="utf-8")
    assert main(release) == 1
    assert "needs the whole plan hash, a named person and a reason" in capsys.readouterr().err
    assert main([*release, "--reason", "clearance"]) == 0
    assert json.loads(capsys.readouterr().out)["sent"] == 11


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ("no build", 1, "nothing published yet"),
        ("no config", 3, "tallyhouse.toml: not found"),
        ("no table", 1, "no complete export"),
    ],
)
def test_the_command_line_names_what_is_wrong(served, capsys, change, code, message):
    if change != "no build":
        served.serve(served.stock("market", 1, 5))
    if change == "no config":
        (served.home / "tallyhouse.toml").unlink()
    if change == "no table":
        with writer(served.serving) as connection:
            connection.execute("drop table exports.exp_channel_stock")
    assert main(["--home", str(served.home)]) == code
    assert message in capsys.readouterr().err
