"""Which declared encoding a file's bytes are in: byte-order mark first, then each declared encoding, strictly, in order."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 8 * 1024 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoding to read with. `skip` are bytes of a UTF-8 mark; `damaged` says that single lines are not valid in it."""

    name: str
    skip: int = 0
    damaged: bool = False


class EncodingRefusedError(Exception):
    """The bytes are in none of the declared encodings."""


def choose_encoding(path: Path, declared: tuple[str, ...]) -> Encoding:
    """Return the encoding of the file; raises `EncodingRefusedError`.

    A file that is UTF-8 but for a few lines stays UTF-8 (`damaged`): reading the whole of it as Windows-1252 would garble
    every other accented letter without a sign.
    """
    with path.open("rb") as handle:
        start = handle.read(4)
    for mark, name in _MARKS:
        if start.startswith(mark):
            if name not in declared:
                raise EncodingRefusedError(f"a byte-order mark says {name}; declared: {', '.join(declared)}")
            if name == "utf-8":
                return Encoding(name, skip=len(mark), damaged=not _decodes(path, name))
            if _decodes(path, name):
                return Encoding(name)
            raise EncodingRefusedError(f"a byte-order mark says {name}, but the bytes do not follow it")
    mostly_utf8 = "utf-8" in declared and _mostly_utf8(path)
    for name in declared:
        if name == "utf-8" and mostly_utf8:
            return Encoding(name, damaged=not _decodes(path, name))
        if name not in ("utf-8", "utf-16", "utf-32") and _decodes(path, name):
            return Encoding(name)
    if "utf-8" in declared:
        return Encoding("utf-8", damaged=True)
    raise EncodingRefusedError(f"the bytes are not valid in any declared encoding: {', '.join(declared)}")


def utf8_chunks(path: Path, encoding: Encoding) -> Iterator[bytes]:
    """Yield the file's text as UTF-8 bytes; a UTF-8 file's own bytes unchanged but for the mark."""
    with path.open("rb") as handle:
        handle.seek(encoding.skip)
        if encoding.name == "utf-8":
            while chunk := handle.read(_CHUNK):
                yield chunk
            return
        decoder = codecs.getincrementaldecoder(encoding.name)("strict")
        while chunk := handle.read(_CHUNK):
            yield decoder.decode(chunk).encode("utf-8")
        yield decoder.decode(b"", final=True).encode("utf-8")


def _decodes(path: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)("strict")
    with path.open("rb") as handle:
        try:
            while chunk := handle.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _mostly_utf8(path: Path) -> bool:
    """Whether the file is valid UTF-8, or has more lines with valid accented text than invalid ones."""
    if _decodes(path, "utf-8"):
        return True
    valid = invalid = 0
    with path.open("rb") as handle:
        for line in handle:
            if line.isascii():
                continue
            try:
                line.decode("utf-8")
                valid += 1
            except UnicodeDecodeError:
                invalid += 1
    return valid > invalid
