"""F1 to F18: what goes wrong between us and a channel, and in its answers."""

from __future__ import annotations

import socket
from contextlib import AbstractContextManager
from itertools import pairwise
from typing import Any
from unittest import mock

import httpx2

from reverse_etl.destinations import destination_of
from tests.emulators.front import Answer, Asked, Fault
from tests.push_campaign.exports import START
from tests.push_campaign.faults import fault
from tests.push_campaign.ledger import edited
from tests.push_campaign.trial import NAME, Trial, sku
from tests.reverse_etl.channels import Kind

QUICK_DEADLINE = "deadline_seconds = 0.15"
NONSENSE = (
    Answer(200, b"<html>log in</html>", {"content-type": "text/html"}),
    Answer(200, b""),
    Answer(200, b'{"data": {"inventorySetQuantities"'),
    Answer(200, b"[]"),
    Answer(200, b'{"update": [{"id": 101, "stock_quantity": "3"}], "responses": [null], "feedId": 5, "sku": -1}'),
    Answer(200, b'{"data": null, "update": null, "responses": null}'),
)


def hit(trial: Trial, *faults: Fault) -> None:
    """Let the faults meet the first writes, or those after the first."""
    trial.front.write_faults = [None] * trial.random.randrange(2) + list(faults)


def landing_seconds(trial: Trial) -> float:
    api = destination_of(trial.kind.kind).facts.api
    assert api is not None
    return api.deadline_seconds + (0 if api.answers == "later" else api.processing_seconds)


def late(trial: Trial) -> Fault:
    """A write whose answer is lost and that lands at any time at which it still may."""
    delay = trial.random.choice((1.0, landing_seconds(trial) / 2, landing_seconds(trial) - 1))
    return Fault("late", trial.random.choice(("reset", "close")), delay=delay)


def nothing_arrived(trial: Trial) -> str | None:
    return f"{trial.arrivals.writes} writes arrived" if trial.arrivals.writes else None


@fault(1, "refused", check=nothing_arrived)
def _refused(trial: Trial) -> None:
    closed = socket.create_server(("127.0.0.1", 0))
    trial.url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    closed.close()


@fault(1, "no such host", check=nothing_arrived)
def _no_host(trial: Trial) -> None:
    trial.url = "https://shop.invalid"
    trial.patches = lambda: mock.patch.object(
        socket, "getaddrinfo", side_effect=socket.gaierror(-2, "Name or service not known")
    )


@fault(2, "every second connection")
def _connect_timeout(trial: Trial) -> None:
    stream, number = httpx2.Client.stream, [0]

    def slow(client: httpx2.Client, *args: Any, **options: Any) -> AbstractContextManager[httpx2.Response]:
        number[0] += 1
        if number[0] % 2:
            raise httpx2.ConnectTimeout("timed out")
        return stream(client, *args, **options)

    trial.patches = lambda: mock.patch.object(httpx2.Client, "stream", slow)


@fault(3, "no answer")
def _silent(trial: Trial) -> None:
    trial.more = QUICK_DEADLINE
    hit(trial, Fault("no", "stall"))


@fault(4, "no answer")
def _silent_after(trial: Trial) -> None:
    trial.more = QUICK_DEADLINE
    hit(trial, Fault("yes", "stall"))


@fault(5, "not carried out")
def _reset(trial: Trial) -> None:
    hit(trial, Fault("no", "reset"))


@fault(5, "carried out")
def _reset_after(trial: Trial) -> None:
    hit(trial, Fault("yes", "reset"))


@fault(6, "cut")
def _cut(trial: Trial) -> None:
    hit(trial, Fault(trial.random.choice(("no", "yes")), "cut"))


@fault(6, "closed")
def _closed(trial: Trial) -> None:
    hit(trial, Fault(trial.random.choice(("no", "yes")), "close"))


@fault(7, "a byte now and then")
def _drip(trial: Trial) -> None:
    trial.more = QUICK_DEADLINE
    hit(trial, Fault("yes", "drip"))


def _waited(trial: Trial) -> str | None:
    times = trial.arrivals.times
    gaps = [after - before for before, after in pairwise(times)]
    return None if not gaps or max(gaps) >= 7 else f"asked to wait 7 s, and the longest wait was {max(gaps)} s"


@fault(8, "seconds", check=_waited)
def _seconds(trial: Trial) -> None:
    trial.front.write_faults = [Fault("no", Answer(429, b"", {"retry-after": "7"}))]


@fault(8, "absurd")
def _absurd(trial: Trial) -> None:
    header = trial.random.choice(("1e9", "-5", "soon", "nan", "Fri, 20 Nov 2026 09:00:00 GMT"))
    hit(trial, *[Fault("no", Answer(429, b"", {"retry-after": header}))] * 3)


def _breaker_closed(trial: Trial) -> str | None:
    rows = trial.query("select state from breaker where destination = ? and state <> 'closed'", (NAME,))
    return f"the breaker is {rows[0][0]}" if rows else None


@fault(9, "always", check=_breaker_closed)
def _always_throttled(trial: Trial) -> None:
    trial.front.write_faults = [Fault("no", Answer(429, b"", {"retry-after": "1"}))] * 99


@fault(10, "before")
def _server_error(trial: Trial) -> None:
    hit(trial, Fault("no", Answer(trial.random.choice((500, 502, 503, 504)))))


@fault(11, "after")
def _server_error_after(trial: Trial) -> None:
    hit(trial, Fault("yes", Answer(trial.random.choice((500, 502, 503, 504)))))


@fault(12, "not carried out")
def _nonsense(trial: Trial) -> None:
    hit(trial, Fault("no", trial.random.choice(NONSENSE)))


@fault(12, "carried out")
def _nonsense_after(trial: Trial) -> None:
    hit(trial, Fault("yes", trial.random.choice(NONSENSE)))


def _refuses_rows(kind: Kind) -> str:
    fields = getattr(kind.channel, "__dataclass_fields__", {})
    return "" if {"broken", "invalid"} & set(fields) else "refuses a request whole: F35"


@fault(13, "one row", fits=_refuses_rows)
def _partial(trial: Trial) -> None:
    fields, number = type(trial.channel).__dataclass_fields__, trial.random.choice((1, 2, 3))
    refused = trial.channel.invalid if "invalid" in fields else trial.channel.broken
    codes = {"Ebay": 25604, "Walmart": ("DATA_ERROR", "ERR_EXT_DATA_0101119")}
    refused[sku(number)] = codes.get(type(trial.channel).__name__, "refused")
    trial.repairs.append(refused.clear)


def _answers_with_rows(kind: Kind) -> str:
    api = destination_of(kind.kind).facts.api
    if api is None or api.rows_per_request == 1:
        return "one row per request"
    return "names only refused rows, by their place" if kind.kind == "shopify_inventory_api" else ""


STRANGER = {"id": 99, "sku": "SKU-99", "messageId": 99}


@fault(14, "rows changed", fits=_answers_with_rows)
def _strange_rows(trial: Trial) -> None:
    change = trial.random.choice((
        lambda rows: rows[::-1], lambda rows: rows[1:], lambda rows: [*rows, rows[0]],
        lambda rows: [{**rows[0], **STRANGER}, *rows],
    ))  # fmt: skip
    if hasattr(trial.channel, "packs"):
        trial.channel.packs = False

    def edit(asked: Asked, answer: Answer) -> Answer:
        tells_rows = asked.is_write or "/feeds/" in asked.path or "/kept/" in asked.path
        return edited(answer, change) if tells_rows and answer.body[:1] in (b"{", b"[") else answer

    trial.front.edit = edit
    trial.repairs.append(lambda: setattr(trial.front, "edit", lambda asked, answer: answer))


@fault(15, "sale")
def _sale(trial: Trial) -> None:
    number = trial.random.choice((1, 2, 3))
    trial.on_write(trial.random.choice((1, 2)), lambda asked: trial.change(number, START - 2))


@fault(15, "edit")
def _edit(trial: Trial) -> None:
    number = trial.random.choice((1, 2, 3))
    trial.on_write(trial.random.choice((1, 2)), lambda asked: trial.change(number, 30))


@fault(16, "late", returns=True)
def _late(trial: Trial) -> None:
    hit(trial, late(trial))


@fault(17, "answered")
def _twice(trial: Trial) -> None:
    hit(trial, Fault("twice", "answer"))


@fault(17, "not answered")
def _twice_unanswered(trial: Trial) -> None:
    hit(trial, Fault("twice", "reset"))


@fault(18, "late")
def _overtaking(trial: Trial) -> None:
    hit(trial, late(trial), late(trial))


@fault(18, "after waiting for its turn", returns=True)
def _late_after_waiting(trial: Trial) -> None:
    trial.front.write_faults = [Fault("no", Answer(429, b"", {"retry-after": "55"})), late(trial)]
