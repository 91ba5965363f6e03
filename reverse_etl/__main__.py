"""`python -m reverse_etl --home DIR [--apply]`: one push of the published exports, without Dagster.

Prints the report as JSON. Exit codes: 0 ok, 1 a run was held, stopped or failed, 2 usage, 3 configuration, 4 another push runs.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import company
from ops import OpsStoreError, PushBusyError, approve_plan, open_store
from reverse_etl.exports import ExportsMissingError
from reverse_etl.outbox import OutboxError
from reverse_etl.push import push
from reverse_etl.report import PushReport
from warehouse import current_serving, reader

OK, FAILED, CONFIGURATION, BUSY = 0, 1, 3, 4


def main(arguments: list[str] | None = None) -> int:
    """Run one push and return the exit code."""
    options = _parser().parse_args(arguments)
    paths = company.Paths(options.home.resolve())
    try:
        settings = company.load_settings(paths.home)
        if options.approve:
            with open_store(paths.ops) as store:
                approve_plan(store, options.approve, actor=_actor(settings, options), reason=options.reason)
        report = _push(settings, paths, options)
    except company.ConfigurationError as error:
        return _fail(error, CONFIGURATION)
    except PushBusyError as error:
        return _fail(error, BUSY)
    except (ExportsMissingError, OpsStoreError, OutboxError, company.NotAllowedError, ValueError) as error:
        return _fail(error, FAILED)
    sys.stdout.write(json.dumps(report.to_dict(), indent=2) + "\n")
    return FAILED if report.stopped else OK


def _push(settings: company.Settings, paths: company.Paths, options: argparse.Namespace) -> PushReport:
    serving = current_serving(paths)
    if serving is None:
        raise ExportsMissingError(f"{paths.serving}: nothing published yet. Run `tallyhouse build` first.")
    with reader(serving.file) as connection:
        return push(
            settings,
            paths,
            connection,
            dry_run=False if options.apply else None,
            destinations=options.destination or None,
            actor=_actor(settings, options) if options.apply else None,
        )


def _actor(settings: company.Settings, options: argparse.Namespace) -> company.Actor:
    return company.acting(settings.people, options.actor or None)


def _fail(error: Exception, code: int) -> int:
    sys.stderr.write(f"{error}\n")
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reverse_etl", description="Push the published exports once.")
    parser.add_argument("--home", type=Path, default=Path(), help="the folder with tallyhouse.toml")
    parser.add_argument("--apply", action="store_true", help="send for real, whatever the environment's default is")
    parser.add_argument("--destination", action="append", help="only this destination; may be repeated")
    parser.add_argument("--approve", metavar="PLAN_HASH", help="release the held plan with this hash first")
    parser.add_argument("--actor", default="", help="who acts, as tallyhouse.toml names them")
    parser.add_argument("--reason", default="", help="why")
    return parser


if __name__ == "__main__":
    sys.exit(main())
