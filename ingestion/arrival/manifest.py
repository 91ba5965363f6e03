"""What delivered markers say of the files beside them: complete, of this size, of this content.

Three kinds, alone or together: `<file>.done` (the file is complete; may hold its SHA-256), `<file>.sha256` (its SHA-256, as
`sha256sum` writes it) and one `manifest.json`: `{"files": [{"name": ..., "sha256": ..., "size_bytes": ...}]}`, the last two each
optional. What they say must agree.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ingestion.arrival.place import SMALL_BYTES, Entry

MANIFEST = "manifest.json"
_HEX = re.compile(r"\\?([0-9a-fA-F]{64})(\s.*)?", re.DOTALL)


class ManifestError(Exception):
    """A marker cannot be understood, or two contradict each other."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What is promised of one file; an empty hash and a size of None promise nothing."""

    sha256: str = ""
    size_bytes: int | None = None


def read_manifest(content: bytes) -> dict[str, Declared]:
    """Return what a `manifest.json` says by file name; raises `ManifestError`."""
    if len(content) > SMALL_BYTES:
        raise ManifestError(f"{MANIFEST} is larger than {SMALL_BYTES} bytes")
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ManifestError(f"{MANIFEST} is no JSON") from error
    files = document.get("files") if isinstance(document, dict) else None
    if not isinstance(files, list):
        raise ManifestError(f"{MANIFEST} has no list `files`")
    declared: dict[str, Declared] = {}
    for file in files:
        name, one = _one(file)
        if declared.setdefault(name, one) != one:
            raise ManifestError(f"{MANIFEST} names {name} twice, differently")
    return declared


def _one(file: object) -> tuple[str, Declared]:
    if not isinstance(file, dict) or not isinstance(file.get("name"), str):
        raise ManifestError(f"{MANIFEST} has an entry without a `name`")
    sha256, size = file.get("sha256", ""), file.get("size_bytes")
    if not isinstance(sha256, str) or (sha256 and not re.fullmatch("[0-9a-fA-F]{64}", sha256)):
        raise ManifestError(f"{MANIFEST}: the `sha256` of {file['name']} is not 64 hex digits")
    if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 0):
        raise ManifestError(f"{MANIFEST}: the `size_bytes` of {file['name']} is no whole number")
    return file["name"], Declared(sha256.lower(), size)


def declared_of(
    entry: Entry, beside: Mapping[str, Entry], content: Callable[[str], bytes], listed: Mapping[str, Declared]
) -> Declared | None:
    """Return what is promised of a file, or None while nothing says that it is complete; raises `ManifestError`.

    A `.done` older than its file was written for an earlier delivery of that name and says nothing.
    """
    found = [listed[entry.name]] if entry.name in listed else []
    if sums := beside.get(f"{entry.name}.sha256"):
        match = _HEX.fullmatch(_text(sums, content))
        if match is None:
            raise ManifestError(f"{sums.name} does not begin with a SHA-256 in hex")
        found.append(Declared(match[1].lower()))
    done = beside.get(f"{entry.name}.done")
    if done and done.modified_ns >= entry.modified_ns:
        match = _HEX.fullmatch(_text(done, content)) if done.size_bytes else None
        found.append(Declared(match[1].lower() if match else ""))
    if not found:
        return None
    hashes = {one.sha256 for one in found} - {""}
    if len(hashes) > 1:
        raise ManifestError(f"the markers of {entry.name} state different hashes")
    return Declared(next(iter(hashes), ""), next((one.size_bytes for one in found if one.size_bytes is not None), None))


def _text(marker: Entry, content: Callable[[str], bytes]) -> str:
    if marker.size_bytes > SMALL_BYTES or marker.problem:
        raise ManifestError(f"{marker.name} is no marker")
    return content(marker.name).decode("utf-8", "replace").strip()
