"""The writers' pool really holds: two steps in two processes never open the build file at once, and without it they collide."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from orchestration.instance import INSTANCE_FILE

PROGRAM = Path(__file__).with_name("two_writers.py")
NO_POOL_LIMIT = "telemetry:\n  enabled: false\n"


def both_writers(folder: Path, *, configuration: str, patience: float) -> subprocess.CompletedProcess[str]:
    """Run both steps at once in two processes of one run."""
    (folder / "dagster").mkdir()
    (folder / "dagster" / "dagster.yaml").write_text(configuration)
    command = [sys.executable, str(PROGRAM), str(folder), str(patience)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_with_the_committed_configuration_the_second_writer_waits(tmp_path: Path) -> None:
    ended = both_writers(tmp_path, configuration=INSTANCE_FILE.read_text(), patience=3)
    assert ended.returncode == 0, ended.stderr
    # The one that came first held the file all the time without the other even trying.
    assert len(list(tmp_path.glob("*.was_alone"))) == 1


def test_without_a_limit_the_two_writers_collide(tmp_path: Path) -> None:
    ended = both_writers(tmp_path, configuration=NO_POOL_LIMIT, patience=120)
    assert ended.returncode == 1
    assert "WarehouseBusyError" in ended.stderr
