"""dbt on a project that was parsed before: parsing takes longer than building what a sync builds, and a fifth of a whole build.

dbt keeps what it parsed, but starts anew whenever a variable is another, and the instant of a build always is. Nothing that is
parsed depends on it: SQL is rendered when a model runs. What does count is in the name of the file: the project's
fingerprint, and whether the build is narrow.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.dbt_ahead import WAITS_VARIABLE, is_wanted

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

PARSED_VARIABLE = "TALLYHOUSE_DBT_PARSED"
"""The file that holds the parsed project, or will; unset, dbt is left to itself."""
ERROR_FILE = "error.txt"
"""In DBT_TARGET_PATH: why dbt ended before it had results, in its words."""


def run_parsed(kept: Path, arguments: Sequence[str]) -> int:
    """Run dbt with `arguments` and return its exit code; parses and fills `kept` when there is no such file.

    A process started ahead waits for the word once it is ready, and ends with 0 when none comes.
    Source of what is kept: the file that dbt itself leaves in DBT_TARGET_PATH. Effect: older kept files go.
    """
    from dbt.cli.main import dbtRunner

    manifest = _read(kept)
    if WAITS_VARIABLE in os.environ and not is_wanted():
        return 0
    ended = dbtRunner(manifest=manifest).invoke(list(arguments))
    if manifest is None:
        _keep(kept)
    if ended.exception is not None:
        sys.stderr.write(f"{ended.exception}\n")
        (Path(os.environ["DBT_TARGET_PATH"]) / ERROR_FILE).write_text(str(ended.exception), encoding="utf-8")
        return 2
    return 0 if ended.success else 1


def _read(kept: Path) -> Manifest | None:
    if not kept.is_file():
        return None
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    manifest: Manifest = Manifest.from_msgpack(kept.read_bytes(), decoder=extended_mashumuro_decoder)
    manifest.build_flat_graph()  # type: ignore[no-untyped-call]
    # a project of hundreds of nodes is no garbage; searched for some, it is walked through again and again
    gc.freeze()
    return manifest


def _keep(kept: Path) -> None:
    written = Path(os.environ["DBT_TARGET_PATH"]) / "partial_parse.msgpack"
    if not written.is_file():
        return
    for older in kept.parent.glob("parsed_*.msgpack"):
        if older.name.split("_")[1] != kept.name.split("_")[1]:
            older.unlink(missing_ok=True)
    beside = kept.with_suffix(f".{os.getpid()}")
    shutil.copyfile(written, beside)
    beside.replace(kept)
