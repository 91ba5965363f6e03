"""dbt started before it is needed: it imports and reads the parsed project while files are ingested, then waits for the word.

Until the word it opens nothing of the home but the parsed project, so it can be ended at any time.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import TracebackType

from company import DBT_PROJECT

WAITS_VARIABLE = "TALLYHOUSE_DBT_WAITS"
"""Set in the environment of a dbt that waits for the word on its standard input."""
_GO = "build\n"


def is_wanted() -> bool:
    """Wait for the word of the process that started this one, in the child; False when it ended without one."""
    return sys.stdin.readline() == _GO


class DbtAhead:
    """A dbt that gets ready; use as a context manager. Leaving it without `run` ends it with nothing done."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: int) -> None:
        self._child = subprocess.Popen(
            command, env={**environment, WAITS_VARIABLE: "1"}, cwd=DBT_PROJECT,
            stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def run(self) -> None:
        """Give the word and return when dbt has ended; what came of it is in its artefacts, its words are in the log."""
        self._child.communicate(_GO)

    def __enter__(self) -> DbtAhead:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._child.poll() is None:
            self._child.kill()
            self._child.communicate()
