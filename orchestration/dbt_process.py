"""dbt as a child process that does not outlive its parent: `python -m orchestration.dbt_process build ...`.

A run that is killed would otherwise leave dbt behind, still holding the build file, and the next run would be busy.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

from orchestration.dbt_parsed import PARSED_VARIABLE, run_parsed

PARENT_VARIABLE = "TALLYHOUSE_PARENT"
_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask Linux to kill this process when its parent ends; elsewhere the file lock alone protects the build."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    parent = os.environ.get(PARENT_VARIABLE)
    if parent is not None and parent != str(os.getppid()):
        # The parent ended before the request was made.
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    die_with_parent()
    if kept := os.environ.get(PARSED_VARIABLE):
        sys.exit(run_parsed(Path(kept), sys.argv[1:]))
    from dbt.cli.main import cli

    cli()
