"""What a first run of a home would otherwise wait for, started ahead on the idle core: the file gate's imports, dbt's parse.

Both take seconds and need nothing of the data. A home that has run before pays neither, so nothing is started for it.
"""

from __future__ import annotations

import subprocess
from datetime import datetime

from company import DBT_PROJECT, Paths, Settings
from orchestration.dbt_build import dbt_environment, parse_arguments

_PARSED = "partial_parse.msgpack"
_parsing: list[subprocess.Popen[bytes]] = []


def start_gate_ahead(paths: Paths) -> None:
    """Let the gate import while exports are written, when nothing of this home is ingested yet."""
    if not paths.warehouse.is_file():
        from ingestion import start_gate

        start_gate()


def parse_ahead(settings: Settings, paths: Paths, as_of: datetime) -> None:
    """Let dbt parse into the home's target folder while files are ingested, when it has not parsed there yet."""
    if (paths.dbt_target / _PARSED).is_file():
        return
    paths.dbt_target.mkdir(parents=True, exist_ok=True)
    _parsing.append(
        subprocess.Popen(
            parse_arguments(settings, as_of),
            cwd=DBT_PROJECT,
            env=dbt_environment(settings, paths),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    )


def wait_for_parse() -> None:
    """Return when no parse is under way; how it ended does not matter, because the build parses what is missing."""
    while _parsing:
        _parsing.pop().wait()
