"""The reader for a file: chosen by the forms its system declares and by its first bytes."""

from __future__ import annotations

from pathlib import Path

from ingestion.contract import Dialect, JsonShape, System, TransactionSet
from ingestion.delimited.rows import open_delimited
from ingestion.pages import HeldError, Opened, ReadOptions

_PACKED = {
    b"\x1f\x8b": "gzip",
    b"PK": "zip or spreadsheet",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstandard",
    b"PAR1": "Parquet",
}
_LOOK = 4096


def open_file(source: Path, system: System, options: ReadOptions) -> Opened:
    """Recognise a staged file as feeds of the system; raises `HeldError` when it is none of them or cannot be read."""
    with source.open("rb") as handle:
        start = handle.read(_LOOK)
    if not start:
        raise HeldError("empty", "the file has no bytes")
    for magic, name in _PACKED.items():
        if start.startswith(magic):
            raise HeldError("packed", f"the content is {name}, not text; unpack it first")
    forms = {type(feed.form) for feed in system.feeds}
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if JsonShape in forms and (text[:1] in (b"{", b"[") or Dialect not in forms):
        # imported here because most companies' files are delimited
        from ingestion.json.rows import open_json

        return open_json(source, system, options)
    if TransactionSet in forms and (text.startswith(b"ISA") or Dialect not in forms):
        from ingestion.x12 import open_x12

        return open_x12(source, system, options)
    return open_delimited(source, system, options)
