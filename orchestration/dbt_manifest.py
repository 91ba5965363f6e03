"""The project as dbt parses it, once per state of it: the manifest, and what builds go on from instead of parsing again.

Their file names carry a fingerprint of every file of the project, so a changed model is parsed anew, an unchanged one
never, and two processes that parse at once write the same files.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from company import DBT_PROJECT, Paths

_PARTS = ("dbt_project.yml", "profiles.yml", "macros", "models", "tests", "seeds/reference")
_SUFFIXES = (".sql", ".yml", ".yaml", ".csv", ".md")


class DbtProjectError(Exception):
    """The dbt project cannot be parsed; the message is dbt's own."""


def current_manifest(project: Path = DBT_PROJECT) -> Path:
    """Return the manifest of the project as it is now, parsing when there is none; raises `DbtProjectError`."""
    target = project / "target"
    manifest = target / f"manifest_{fingerprint(project)}.json"
    parsed = parsed_project(project)
    if not (manifest.is_file() and parsed.is_file()):
        target.mkdir(exist_ok=True)
        _parse(project, manifest, parsed)
    return manifest


def parsed_project(project: Path = DBT_PROJECT, *, narrow: bool = False) -> Path:
    """Return where the parsed project is kept for builds, whether it is there yet or not; a narrow build reads it differently."""
    return project / "target" / f"parsed_{fingerprint(project)}_{'narrow' if narrow else 'whole'}.msgpack"


def fingerprint(project: Path = DBT_PROJECT) -> str:
    """Return a short hash over the names and contents of every file that dbt reads."""
    digest = hashlib.sha256()
    for file in sorted(_project_files(project)):
        digest.update(file.relative_to(project).as_posix().encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _project_files(project: Path) -> list[Path]:
    files = []
    for part in _PARTS:
        path = project / part
        files += [path] if path.is_file() else [f for f in path.rglob("*") if f.suffix in _SUFFIXES]
    return files


def _parse(project: Path, manifest: Path, kept: Path) -> None:
    with tempfile.TemporaryDirectory(dir=manifest.parent) as scratch:
        # the file's name is the database's in what is parsed; parsing does not open it
        warehouse = Path(scratch) / Paths(Path(scratch)).warehouse.name
        environment = os.environ | {"TALLYHOUSE_WAREHOUSE": str(warehouse), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
        command = [sys.executable, "-m", "orchestration.dbt_process", "--quiet", "parse", "--project-dir", str(project)]
        command += ["--profiles-dir", str(project), "--target-path", scratch, "--log-path", scratch, "--target", "test"]
        parsed = subprocess.run(command, env=environment, cwd=project, capture_output=True, text=True, check=False)
        written = Path(scratch) / "manifest.json"
        if parsed.returncode != 0 or not written.is_file():
            raise DbtProjectError(f"dbt parse failed:\n{parsed.stdout}{parsed.stderr}".rstrip())
        (Path(scratch) / "partial_parse.msgpack").replace(kept)
        written.replace(manifest)
    for older in (*manifest.parent.glob("manifest_*.json"), *manifest.parent.glob("parsed_*.msgpack")):
        if older.stem.split("_")[1] != manifest.stem.split("_")[1]:
            older.unlink(missing_ok=True)


def load_manifest(file: Path) -> dict[str, Any]:
    """Read a manifest."""
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return document
