"""Files held whole: the untouched bytes and the reason, side by side in `data/quarantine/<account>/<sha256>/`."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ingestion.books import FileEntry
from ingestion.durable import put_in_place, write_whole
from ingestion.outcome import GateReport

_SAMPLE = 50


@dataclass(frozen=True, slots=True)
class HeldPart:
    """One feed of a held file: its entry, the gate's verdict if it came to that, and the Parquet of its refused rows."""

    entry: FileEntry
    gate: GateReport | None = None
    refused: Path | None = None


def hold(quarantine: Path, staged: Path, parts: Sequence[HeldPart]) -> Path:
    """Keep a copy of the staged file and `reason.json`; return the folder. Doing it again changes nothing."""
    file = parts[0].entry
    folder = folder_of(quarantine, file.account, file.sha256)
    folder.mkdir(parents=True, exist_ok=True)

    def copy(beside: Path) -> None:
        shutil.copyfile(staged, beside)

    write_whole(folder / _safe(file.source_file), copy)
    reason = {
        "account": file.account, "source_file": file.source_file, "sha256": file.sha256, "system": file.system,
        "reason": file.reason, "feeds": [_plain(part) for part in parts],
    }  # fmt: skip
    text = json.dumps(reason, indent=1, ensure_ascii=False)
    beside = folder / "reason.json.partial"
    beside.write_text(text, encoding="utf-8")
    put_in_place(beside, folder / "reason.json")
    return folder


def folder_of(quarantine: Path, account: str, sha256: str) -> Path:
    """Return the folder of one held file."""
    return quarantine / account / sha256


def held_copy(quarantine: Path, account: str, sha256: str) -> Path | None:
    """Return the kept bytes of a held file, or None when they are gone."""
    return next(iter(sorted(folder_of(quarantine, account, sha256).glob("held_*"))), None)


def read_reason(quarantine: Path, account: str, sha256: str) -> dict[str, Any] | None:
    """Return what was written beside a held file, or None when it is gone."""
    path = folder_of(quarantine, account, sha256) / "reason.json"
    if not path.is_file():
        return None
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def _plain(part: HeldPart) -> dict[str, object]:
    return {
        "entity": part.entry.entity,
        "rows_in": part.entry.rows_in,
        "failed_checks": [asdict(check) for check in part.gate.failures] if part.gate else [],
        "first_refused_rows": _sample(part.refused),
    }


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
