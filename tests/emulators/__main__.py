"""`make emulators`: a channel of each kind on 127.0.0.1, to push to by hand.

Prints for each the address, the secret and the section of `tallyhouse.toml` that fits, then one line for every request that
arrives, until it is interrupted. Nothing is kept. With `--home` the channels sell what that company's published exports name.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import company
from tests.emulators.clock import RunningClock
from tests.emulators.front import Answer, Asked, Front
from tests.reverse_etl.channels import KINDS, Kind
from warehouse import current_serving, reader

SECTION = """\
[destinations.{name}]
kind = "{kind}"
account = "{account}"
location = "1"
url = "{url}"
secret_env = "{variable}"
{settings}"""
_LISTED = "select distinct channel_account, channel_sku from exports.exp_channel_stock where channel_sku is not null"


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m tests.emulators", description=__doc__)
    parser.add_argument("--home", type=Path, help="a company whose published SKUs the channels sell")
    parser.add_argument("--skus", default="SKU-1,SKU-2,SKU-3", help="what the channels sell without --home")
    parser.add_argument("--units", type=int, default=10, help="how many each channel shows of each SKU at first")
    parser.add_argument("--kind", action="append", help="only this kind of destination; may be repeated")
    asked = parser.parse_args()
    accounts, listed = _company(asked.home) if asked.home else ({}, {})
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with ExitStack() as stack:
        for kind in KINDS:
            if not asked.kind or kind.kind in asked.kind:
                account = accounts.get(kind.system, "shop")
                skus = listed.get(account) or asked.skus.split(",")
                _say(kind, account, stack.enter_context(_front(kind, dict.fromkeys(skus, asked.units))).url)
        print("# serving; interrupt to end", flush=True)
        ended.wait()


def _front(kind: Kind, levels: dict[str, int]) -> Front:
    clock = RunningClock()
    front = Front(kind.channel(clock, levels), clock)

    def tell(asked: Asked, answer: Answer) -> Answer:
        print(f"{kind.kind}: {asked.method} {asked.path.split('?')[0]} -> {answer.status}", flush=True)
        return answer

    front.edit = tell
    return front


def _say(kind: Kind, account: str, url: str) -> None:
    variable = f"EMULATED_{kind.kind.upper()}"
    settings = kind.settings.format(url=url)
    section = SECTION.format(
        name=f"emulated_{kind.kind}", kind=kind.kind, account=account, url=url, variable=variable, settings=settings
    )
    print(f"# export {variable}='{kind.secret}'\n{section.rstrip()}\n", flush=True)


def _company(home: Path) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return a company's account by system, and its SKUs by account."""
    settings, serving = company.load_settings(home), current_serving(company.Paths(home))
    if serving is None:
        sys.exit(f"{home}: nothing published yet. Run `tallyhouse build` first.")
    listed: dict[str, list[str]] = {}
    with reader(serving.file) as connection:
        for account, sku in connection.execute(_LISTED).fetchall():
            listed.setdefault(account, []).append(sku)
    return {str(account.system): name for name, account in reversed(settings.accounts.items())}, listed


if __name__ == "__main__":
    main()
