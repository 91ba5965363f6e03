"""Files held whole: the untouched bytes and the reason, side by side in `data/quarantine/<account>/<sha256>/`."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import asdict
from pathlib import Path

from ingestion.books import FileEntry
from ingestion.durable import put_in_place, write_whole
from ingestion.outcome import GateReport

_SAMPLE = 50


def hold(quarantine: Path, staged: Path, file: FileEntry, gate: GateReport | None, refused: Path | None) -> Path:
    """Keep a copy of the staged file and `reason.json`; return the folder. Doing it again changes nothing.

    `refused` is the Parquet of the rows refused one by one, if it came to that; the first ones go into the reason.
    """
    folder = quarantine / file.account / file.sha256
    folder.mkdir(parents=True, exist_ok=True)

    def copy(beside: Path) -> None:
        shutil.copyfile(staged, beside)

    write_whole(folder / _safe(file.source_file), copy)
    reason = {
        "account": file.account, "source_file": file.source_file, "sha256": file.sha256, "system": file.system,
        "entity": file.entity, "reason": file.reason, "rows_in": file.rows_in,
        "failed_checks": [asdict(check) for check in gate.failures] if gate else [],
        "first_refused_rows": _sample(refused),
    }  # fmt: skip
    text = json.dumps(reason, indent=1, ensure_ascii=False)
    beside = folder / "reason.json.partial"
    beside.write_text(text, encoding="utf-8")
    put_in_place(beside, folder / "reason.json")
    return folder


def _sample(refused: Path | None) -> list[dict[str, object]]:
    if refused is None or not refused.exists():
        return []
    import pyarrow.parquet as pq

    with pq.ParquetFile(refused) as file:
        batch = next(file.iter_batches(batch_size=_SAMPLE), None)
    rows: list[dict[str, object]] = batch.to_pylist() if batch is not None else []
    return rows


def _safe(source_file: str) -> str:
    """Return a name no file system trips over: plain letters, no leading dot, bounded length."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", source_file).strip(". _")[-120:]
    return f"held_{plain or 'file'}"
