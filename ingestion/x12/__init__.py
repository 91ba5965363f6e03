"""X12 files to pages of text rows: tokenizer, envelope, transaction sets. One file may hold several feeds.

What a damaged file does: a transaction whose own ST and SE agree is read, whatever is wrong around it; one whose do not is
refused, with its segments; damage of the envelope refuses the interchange's own record in the feed `interchanges`, so that it
is seen while sound transactions load. A file without a readable ISA is held.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from company import X12Partner
from ingestion.contract import System
from ingestion.pages import Opened, ReadOptions
from ingestion.x12.assemble import Assembly
from ingestion.x12.envelope import read_envelope
from ingestion.x12.text import choose_encoding, chunks
from ingestion.x12.tokens import read_segments


def open_x12(source: Path, system: System, options: ReadOptions) -> Opened:
    """Open an X12 file as the system's feeds; raises `HeldError` when it does not begin with a readable interchange."""
    encoding = choose_encoding(source)
    segments = read_segments(chunks(source, encoding), options.limits)
    first = next(segments)
    headers: dict[str, tuple[str, ...]] = {}
    assembly = Assembly(system, X12Partner.model_validate(dict(options.partner)), headers)
    return Opened(encoding, headers, assembly.pages(read_envelope(chain((first,), segments))))


__all__ = ["open_x12"]
