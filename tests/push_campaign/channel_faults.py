"""F19 to F24, and F35: what a channel does with keys, tokens, work that it does later, its address, and its rows."""

from __future__ import annotations

from reverse_etl.destinations import destination_of
from tests.emulators.front import Answer, Asked, Fault
from tests.push_campaign.exports import START
from tests.push_campaign.faults import fault
from tests.push_campaign.network_faults import hit, late, nothing_arrived
from tests.push_campaign.trial import Trial, sku
from tests.reverse_etl.channels import SHOPIFY, Kind


def _keeps_keys(kind: Kind) -> str:
    return "" if kind.kind == SHOPIFY.kind else "keeps no idempotency keys"


def works_later(kind: Kind) -> str:
    api = destination_of(kind.kind).facts.api
    return "" if api and api.answers == "later" else "an answer decides"


def _fetches_tokens(kind: Kind) -> str:
    api = destination_of(kind.kind).facts.api
    return "" if api and api.token else "has a lasting key"


def _key_error(code: str) -> Answer:
    error = {"code": code, "field": None, "message": code}
    return Answer.of({"data": {"inventorySetQuantities": {"inventoryAdjustmentGroup": None, "userErrors": [error]}}})


@fault(19, "in use", fits=_keeps_keys, returns=True)
def _key_in_use(trial: Trial) -> None:
    """Another copy of the request is being worked on: it may land later."""
    hit(trial, Fault("late", _key_error("IDEMPOTENCY_CONCURRENT_REQUEST"), delay=late(trial).delay))


@fault(19, "mismatch, failed before", fits=_keeps_keys)
def _key_mismatch(trial: Trial) -> None:
    code = trial.random.choice(("IDEMPOTENCY_KEY_PARAMETER_MISMATCH", "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"))
    hit(trial, Fault(trial.random.choice(("no", "yes")), _key_error(code)))


@fault(20, "a day later", returns=True)
def _old_key(trial: Trial) -> None:
    hit(trial, Fault(trial.random.choice(("no", "yes")), "reset"))
    # nothing can be read back either, so that it stays in doubt
    trial.front.read_faults = [None] * trial.random.randrange(4) + [Fault("no", "reset")] * 12
    trial.repairs.append(lambda: trial.clock.sleep(25 * 3600.0))


@fault(21, "never applied", fits=works_later)
def _never(trial: Trial) -> None:
    if hasattr(trial.channel, "ignored"):
        trial.channel.ignored.add(sku(trial.random.choice((1, 2))))
        trial.repairs.append(trial.channel.ignored.clear)
    else:
        trial.channel.status = "ERROR"
        trial.repairs.append(lambda: setattr(trial.channel, "status", "PROCESSED"))


@fault(21, "another number, or no word", fits=works_later)
def _otherwise(trial: Trial) -> None:
    number = trial.random.choice((1, 2))
    if hasattr(trial.channel, "distorted"):
        trial.channel.distorted[sku(number)] = 77
        trial.foreign.add(sku(number))
        trial.strange.add(77)
        trial.repairs.append(trial.channel.distorted.clear)
    else:
        trial.channel.unnamed.add(sku(number))
        trial.channel.broken[sku(3)] = ("TIMEOUT_ERROR", "ERR_INT_DATA_0201044")
        trial.repairs += [trial.channel.unnamed.clear, trial.channel.broken.clear]


@fault(21, "the feed fails, or is never done", fits=works_later)
def _feed_fails(trial: Trial) -> None:
    if hasattr(trial.channel, "ends"):
        trial.channel.ends = trial.random.choice(("FATAL", "CANCELLED"))
        trial.repairs.append(lambda: setattr(trial.channel, "ends", "DONE"))
    else:
        before = trial.channel.seconds
        # within the hour that a submission may take, and longer than a push waits
        trial.channel.seconds = 3000.0 if trial.kind.kind.startswith("walmart") else 850.0
        trial.repairs.append(lambda: setattr(trial.channel, "seconds", before))


@fault(22, "ended", fits=_fetches_tokens)
def _token_ended(trial: Trial) -> None:
    trial.on_write(trial.random.choice((1, 2)), lambda asked: trial.channel.office.given.clear())


@fault(22, "refused where it is fetched", fits=_fetches_tokens)
def _token_refused(trial: Trial) -> None:
    def refuse(asked: Asked) -> Fault | None:
        if asked.is_write:
            trial.channel.office.given.clear()
        is_fetched = trial.channel.office.takes(asked) and bool(trial.front.writes)
        return Fault("no", Answer(401)) if is_fetched else None

    trial.front.always = refuse


@fault(22, "lacks the right")
def _lacks_right(trial: Trial) -> None:
    hit(trial, *[Fault("no", Answer(trial.random.choice((401, 403))))] * 9)


@fault(23, "redirect")
def _redirect(trial: Trial) -> None:
    hit(trial, Fault("no", Answer(302, b"", {"location": "http://127.0.0.1:1/other"})))


@fault(23, "proxy")
def _proxy(trial: Trial) -> None:
    trial.front.always = lambda asked: Fault("no", Answer(407)) if len(trial.front.ledger) > 2 else None


@fault(23, "not TLS", check=nothing_arrived)
def _not_tls(trial: Trial) -> None:
    trial.url = trial.front.url.replace("http://", "https://")


@fault(24, "gone")
def _gone(trial: Trial) -> None:
    status, number = trial.random.choice((404, 410)), trial.random.randrange(6)
    trial.front.always = lambda asked: Fault("no", Answer(status)) if asked.number > number else None


@fault(35, "removed")
def _removed(trial: Trial) -> None:
    number = trial.random.choice((1, 2, 3))
    trial.on_write(trial.random.choice((1, 2)), lambda asked: trial.change(number, None))

    def put_back() -> None:
        if sku(number) not in trial.levels:
            trial.change(number, START)

    trial.repairs.append(put_back)
