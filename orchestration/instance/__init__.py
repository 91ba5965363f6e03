"""The Dagster instance of a home: the committed dagster.yaml, copied to where Dagster looks for it."""

from __future__ import annotations

from pathlib import Path

from company import Paths

INSTANCE_FILE = Path(__file__).with_name("dagster.yaml")


def prepare_instance(paths: Paths) -> Path:
    """Put the committed dagster.yaml into the home's Dagster folder and return that folder."""
    paths.dagster.mkdir(parents=True, exist_ok=True)
    own = paths.dagster / "dagster.yaml"
    if not own.is_file() or own.read_bytes() != INSTANCE_FILE.read_bytes():
        own.write_bytes(INSTANCE_FILE.read_bytes())
    return paths.dagster
