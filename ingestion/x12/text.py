"""An interchange's bytes as pieces of text: strict UTF-8, else Windows-1252, else UTF-8 with the bad bytes marked.

A byte that belongs to no character comes through as a lone surrogate (U+DC80..U+DCFF), from which it can be written back;
the transaction that holds it is refused, the others are read.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from ingestion.pages import HeldError

_CHUNK = 1024 * 1024
_WIDE_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_BAD = re.compile("[\udc80-\udcff]")


def choose_encoding(source: Path) -> str:
    """Return `utf-8` or `cp1252`; raises `HeldError` for no bytes and for UTF-16 and UTF-32 marks.

    A file with at least as many whole UTF-8 characters beyond ASCII as bad bytes stays UTF-8: reading all of it as Windows-1252
    would garble every other accented letter without a sign.
    """
    with source.open("rb") as handle:
        start = handle.read(4)
    if not start:
        raise HeldError("empty", "the file has no bytes")
    if start.startswith(_WIDE_MARKS):
        raise HeldError("encoding", "a byte-order mark says UTF-16 or UTF-32; an interchange is UTF-8 or Windows-1252")
    whole = bad = 0
    for text in chunks(source, "utf-8"):
        if not text.isascii():
            bad_here = len(_BAD.findall(text))
            bad += bad_here
            whole += len(_NOT_ASCII.findall(text)) - bad_here
    whole -= start.startswith(codecs.BOM_UTF8)
    return "utf-8" if bad == 0 or whole >= bad or not _is_cp1252(source) else "cp1252"


def chunks(source: Path, encoding: str) -> Iterator[str]:
    """Yield the file's text piece by piece."""
    decoder = codecs.getincrementaldecoder(encoding)("surrogateescape" if encoding == "utf-8" else "strict")
    with source.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _is_cp1252(source: Path) -> bool:
    try:
        for _ in chunks(source, "cp1252"):
            pass
    except UnicodeDecodeError:
        return False
    return True
