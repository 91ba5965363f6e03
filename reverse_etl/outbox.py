"""The file outbox: a folder per destination where whole files appear, each with a manifest that is its receipt.

The file is written under a temporary name, synced and renamed; then its manifest the same way. A file without a manifest is
not there yet: whoever takes files out waits for the manifest and leaves it in place, because it is the evidence.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops import Attempt, Intent

MANIFEST_SUFFIX = ".manifest.json"
_UNFINISHED_SUFFIX = ".unfinished"
_FORMAT_VERSION = 1


class OutboxError(Exception):
    """The outbox is not as the engine left it; a person has to look before anything is sent."""


@dataclass(frozen=True, slots=True)
class Shipment:
    """One file ready to leave: its number in the run, name, bytes, SHA-256 and manifest."""

    destination: str
    part: int
    file_name: str
    content: bytes
    sha256: str
    manifest: bytes


def pack(
    *,
    destination: str,
    kind: str,
    run_id: str,
    part: int,
    suffix: str,
    plan_hash: str,
    content: bytes,
    rows: Sequence[Intent],
) -> Shipment:
    """Name the file after run, part and content, and write its manifest; the same input gives the same shipment. Pure."""
    digest = hashlib.sha256(content).hexdigest()
    name = f"{destination}__{run_id}__{part:03d}__{digest[:12]}.{suffix}"
    manifest = {
        "format_version": _FORMAT_VERSION,
        "destination": destination,
        "kind": kind,
        "run_id": run_id,
        "part": part,
        "plan_hash": plan_hash,
        "file": name,
        "sha256": digest,
        "size_bytes": len(content),
        "row_count": len(rows),
        "rows": [[intent.row_key, intent.generation] for intent in rows],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    return Shipment(destination, part, name, content, digest, text.encode("utf-8"))


class Outbox:
    """The folder `data/outbox`. Every method raises OSError when the disk refuses."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def deliver(self, shipment: Shipment) -> None:
        """Put file and manifest in place; when it returns, both are on disk. Raises `OutboxError` as `folder`."""
        folder = self.folder(shipment.destination)
        folder.mkdir(parents=True, exist_ok=True)
        _write_whole(folder / shipment.file_name, shipment.content)
        _write_whole(folder / f"{shipment.file_name}{MANIFEST_SUFFIX}", shipment.manifest)

    def folder(self, destination: str) -> Path:
        """Return where files of a destination go; raises `OutboxError` when something else has that place."""
        for place in (self.root, self.root / destination):
            if place.exists() and not place.is_dir():
                raise OutboxError(
                    f"{place}: is no folder, so files for {destination} can neither be put there nor be looked for."
                    " Move it away, put back the folder if there was one before, then push again."
                )
        return self.root / destination

    def holds(self, attempt: Attempt) -> bool:
        """Return whether the attempt arrived: its manifest is there and names the same bytes and row count.

        Raises `OutboxError` when a manifest of that name says something else, and as `folder`.
        """
        path = self._manifest(attempt)
        try:
            stated: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return False
        except ValueError as error:
            raise OutboxError(
                f"{path}: not a manifest ({error}). Compare it with the journal, then remove it."
            ) from error
        if (stated.get("sha256"), stated.get("row_count")) != (attempt.payload_hash, attempt.row_count):
            raise OutboxError(f"{path}: names other content than the journal. Compare both before pushing again.")
        return True

    def discard(self, attempt: Attempt) -> None:
        """Remove what an attempt that never arrived left behind: a file without a manifest, and unfinished ones."""
        path = self.folder(attempt.destination) / attempt.file_name
        for leftover in (path, _unfinished(path), _unfinished(self._manifest(attempt))):
            leftover.unlink(missing_ok=True)
        if path.parent.is_dir():
            _sync_folder(path.parent)

    def receipts(self) -> set[tuple[str, str]]:
        """Return (destination, file name) of every file whose manifest is in place."""
        found = self.root.glob(f"*/*{MANIFEST_SUFFIX}")
        return {(path.parent.name, path.name.removesuffix(MANIFEST_SUFFIX)) for path in found}

    def manifests(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return every manifest in the outbox by (destination, file name)."""
        found = {}
        for path in sorted(self.root.glob(f"*/*{MANIFEST_SUFFIX}")):
            name = path.name.removesuffix(MANIFEST_SUFFIX)
            found[path.parent.name, name] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def _manifest(self, attempt: Attempt) -> Path:
        return self.folder(attempt.destination) / f"{attempt.file_name}{MANIFEST_SUFFIX}"


def _unfinished(path: Path) -> Path:
    return path.with_name(f".{path.name}{_UNFINISHED_SUFFIX}")


def _write_whole(path: Path, content: bytes) -> None:
    unfinished = _unfinished(path)
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
