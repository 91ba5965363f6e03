"""The Dagster instance of a home: the committed dagster.yaml, copied to where Dagster looks for it."""

from __future__ import annotations

import json
from pathlib import Path

from company import Paths

INSTANCE_FILE = Path(__file__).with_name("dagster.yaml")
COMMAND_LINE_FILE = "command_line.yaml"

# In the web server's runs Dagster keeps each step's output; it does so with two helper processes per step, and takes the
# terminal away from the progress display. The command line writes one log of its own instead.
# The history lies where Dagster's own storage keeps it, so both read the same runs.
_FOR_COMMAND_LINE = """
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager

event_log_storage:
  module: orchestration.run_history
  class: PooledEventLogStorage
  config:
    base_dir: {history}
"""


def prepare_instance(paths: Paths) -> Path:
    """Put the committed dagster.yaml, and its variant for the command line, into the home's Dagster folder; return it."""
    paths.dagster.mkdir(parents=True, exist_ok=True)
    shipped = INSTANCE_FILE.read_text(encoding="utf-8")
    _keep(paths.dagster / INSTANCE_FILE.name, shipped)
    history = json.dumps(str(paths.dagster.resolve() / "history" / "runs"))
    _keep(paths.dagster / COMMAND_LINE_FILE, shipped + _FOR_COMMAND_LINE.format(history=history))
    return paths.dagster


def _keep(file: Path, text: str) -> None:
    if not file.is_file() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")
