"""Tallyhouse loading what lies in a home's landing folder, as a program that reports the seconds of its work.

Usage: `python -m benchmarks.ingest.ours HOME`. The clock starts with the gate's and the reading process up, as they are in any
run but for its first seconds: one tiny file of the same account is loaded into a home of its own before. The wall time of the
whole process, which the caller takes, has their start in it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

from company import Paths, load_settings
from ingestion import ingest

SETTINGS = "tallyhouse.toml"


def warm(home: Path) -> None:
    """Load the first lines of the first file of `home` into a home that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(home / SETTINGS, folder)
        settings = load_settings(Path(folder))
        paths = Paths(settings.home)
        source = min(path for path in Paths(home).landing.rglob("*") if path.is_file())
        target = paths.landing / source.parent.name / source.name
        target.parent.mkdir(parents=True)
        with source.open("rb") as lines, target.open("wb") as first:
            first.writelines(lines.readline() for _ in range(3))
        _load(settings.home)


def _load(home: Path) -> int:
    settings = load_settings(home)
    outcome = ingest(settings, Paths(settings.home))
    unwelcome = [file for file in outcome.files if file.status != "loaded"]
    if unwelcome:
        raise SystemExit(f"{len(unwelcome)} files were not loaded, the first of them: {unwelcome[0]}")
    return outcome.rows_loaded


def main() -> None:
    """Load the home and print the seconds of it and the rows."""
    home = Path(sys.argv[1])
    warm(home)
    started = time.monotonic()
    rows = _load(home)
    print("work", time.monotonic() - started, rows)


if __name__ == "__main__":
    main()
